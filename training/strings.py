"""Plucked strings by their physics: a delay line with losses (Karplus and Strong, 1983).

With where the string is plucked and a body (Jaffe and Smith, 1983), one model covers what no
SoundFont does: every guitar, harp or mandolin that could have been built.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.signal import iirpeak, lfilter

from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples
from training.note_sets import shifted

FloatArray = npt.NDArray[np.float64]
Range = tuple[float, float]

LONGEST_NOTE_S = 5.0
REFERENCE_PITCH = 52
"""E3, where a kind's decay holds; an octave above it strings ring 0.7 times as long."""


@dataclass(frozen=True)
class Kind:
    """Ranges that an instrument of a kind is drawn from.

    Attributes:
        decay_s: Until the fundamental has fallen by 60 dB.
        loss: Of the treble in the string at each turn, 0 to 0.5.
        pluck: Where it is plucked, as a share of its length.
        courses: Strings of a note, as semitones from its pitch, each with its own detuning.
        detuning: Of the strings of a course, in semitones.
        body_hz: Resonances of the body.
        body_gain: How strong those are beside the string, for a quality of 1.
        rings: Whether notes ring on after they end.
    """

    decay_s: Range
    loss: Range
    pluck: Range
    courses: tuple[float, ...] = (0,)
    detuning: float = 0.0
    body_hz: tuple[Range, ...] = ()
    body_gain: Range = (0.0, 0.0)
    rings: bool = False


KINDS = {
    "Acoustic guitar": Kind(
        (1.5, 7), (0.08, 0.5), (0.06, 0.35), body_hz=((90, 130), (180, 240), (350, 480)),
        body_gain=(0.3, 1.2),
    ),
    "Electric guitar": Kind((2.5, 12), (0.05, 0.45), (0.05, 0.3)),
    "Bass guitar": Kind((2, 10), (0.1, 0.5), (0.05, 0.35)),
    "Harpsichord": Kind((1.5, 5), (0.02, 0.15), (0.05, 0.16), (0, 0, 12), 0.03,
                        ((150, 300), (500, 900)), (0.1, 0.6)),
    "Mandolin": Kind((0.5, 2), (0.03, 0.25), (0.05, 0.25), (0, 0), 0.06,
                     ((200, 300), (500, 700)), (0.3, 1.0)),
    "Banjo": Kind((0.25, 1.2), (0.03, 0.25), (0.04, 0.2), body_hz=((250, 450), (600, 1000)),
                  body_gain=(0.6, 2.0)),
    "Ukulele": Kind((0.4, 1.5), (0.2, 0.5), (0.15, 0.4), body_hz=((350, 480), (700, 900)),
                    body_gain=(0.4, 1.5)),
    "Harp": Kind((2, 7), (0.15, 0.5), (0.3, 0.5), body_hz=((120, 250), (300, 500)),
                 body_gain=(0.1, 0.5), rings=True),
}  # fmt: skip


@dataclass(frozen=True)
class Instrument:
    """One instrument of a kind."""

    decay_s: float
    loss: float
    pluck: float
    courses: tuple[float, ...]
    body: tuple[tuple[float, float, float], ...]
    """Frequency, quality and gain of each resonance."""
    release_s: float


def drawn(rng: Generator, kind: Kind) -> Instrument:
    gain = rng.uniform(*kind.body_gain)
    body = [
        (float(rng.uniform(*place)), float(rng.uniform(3, 12)), float(gain * rng.uniform(0.4, 1)))
        for place in kind.body_hz
    ]
    return Instrument(
        decay_s=float(np.exp(rng.uniform(*np.log(kind.decay_s)))),
        loss=float(np.exp(rng.uniform(*np.log(kind.loss)))),
        pluck=float(rng.uniform(*kind.pluck)),
        courses=tuple(step + float(rng.normal(0, kind.detuning)) for step in kind.courses),
        body=tuple(body),
        release_s=LONGEST_NOTE_S if kind.rings else float(rng.uniform(0.03, 0.2)),
    )


def play(label: str, rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """A part on an instrument that ``rng`` draws from the label's kind."""
    instrument = drawn(rng, KINDS[label])
    mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ))
    for note in notes:
        start = round(note.start_s * SAMPLE_RATE_HZ)
        sounding_s = min(LONGEST_NOTE_S, note.duration_s + instrument.release_s)
        count = min(len(mix) - start, round(sounding_s * SAMPLE_RATE_HZ))
        if count <= 0:
            continue
        held = round(note.duration_s * SAMPLE_RATE_HZ)
        damping = np.exp(-np.maximum(0, np.arange(count) - held) / SAMPLE_RATE_HZ * 4
                         / instrument.release_s)  # fmt: skip
        for course in instrument.courses:
            string = pluck(rng, note.pitch + course, note.velocity, count, instrument)
            mix[start : start + count] += string * damping
    sounding = mix.copy()
    for frequency_hz, quality, gain in instrument.body:
        numerator, denominator = iirpeak(frequency_hz, quality, fs=SAMPLE_RATE_HZ)
        sounding += gain * quality * lfilter(numerator, denominator, mix)
    played: Samples = sounding.astype(np.float32)
    return played


def pluck(
    rng: Generator, pitch: float, velocity: int, count: int, instrument: Instrument
) -> FloatArray:
    """One string, plucked once. Shape: (count,)."""
    loudness = velocity / 127
    period = SAMPLE_RATE_HZ / (440 * 2 ** ((pitch - 69) / 12))
    loss = min(0.5, instrument.loss * 2 ** ((REFERENCE_PITCH - pitch) / 24))
    length = max(2, int(period - loss))
    decay_s = instrument.decay_s * 2 ** ((REFERENCE_PITCH - pitch) / 24)
    kept = 10 ** (-3 * (length + loss) / (SAMPLE_RATE_HZ * decay_s))
    turn = _excitation(rng, length, loudness, instrument.pluck)
    turns = np.empty((count // length + 2, length))
    last = 0.0
    for row in turns:
        row[:] = turn
        before = np.concatenate([[last], turn[:-1]])
        last = turn[-1]
        turn = kept * ((1 - loss) * turn + loss * before)
    tuned = shifted(turns.reshape(-1).astype(np.float32), 12 * np.log2((length + loss) / period))
    sounding: FloatArray = loudness**1.5 * tuned[:count].astype(np.float64)
    return sounding


def _excitation(rng: Generator, length: int, loudness: float, place: float) -> FloatArray:
    """Noise, duller when soft, with the gaps that the pluck's place leaves in its spectrum."""
    noise = rng.standard_normal(length)
    dullness = 0.85 * (1 - loudness)
    dull = lfilter([1 - dullness], [1, -dullness], np.concatenate([noise, noise]))[length:]
    plucked = dull - np.roll(dull, max(1, round(place * length)))
    plucked -= plucked.mean()
    return np.asarray(plucked / (np.abs(plucked).max() + 1e-9))
