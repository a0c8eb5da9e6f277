"""Plucked strings by their physics: a delay line with losses (Karplus and Strong, 1983).

With where the string is plucked and a body (Jaffe and Smith, 1983), one model covers what no
SoundFont does: every guitar, harp or mandolin that could have been built. Recorded bodies are heard
after the string (Smith, 1993: commuted synthesis, in its other order).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from math import gcd
from pathlib import Path

import numpy as np
from scipy.signal import fftconvolve, iirpeak, lfilter, resample_poly

from training.building import FloatArray
from training.catalogue import MANDOLIN_BODIES
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples
from training.note_sets import shifted

Range = tuple[float, float]

LONGEST_NOTE_S = 5.0
BODY_RATE_HZ = 22_050
RECORDED_SHARE = 0.6
"""How many of a kind's instruments have a recorded body, where it has recorded bodies."""
REFERENCE_PITCH = 52
"""E3, where a kind's decay holds; an octave above it strings ring 0.7 times as long."""


@dataclass(frozen=True)
class Kind:
    """Ranges that an instrument of a kind is drawn from.

    Attributes:
        decay_s: Until the fundamental has fallen by 60 dB.
        loss: Of the treble in the string at each turn, 0 to 0.5.
        pluck: Where it is plucked, as a share of its length.
        registrations: Strings of a note, as semitones from its pitch, each with its own detuning;
            an instrument has one of these.
        detuning: Of the strings of a course, in semitones.
        body_hz: Resonances of the body.
        body_gain: How strong those are beside the string, for a quality of 1.
        rings: Whether notes ring on after they end.
        touch: How much velocity does; 0 for keys that cannot be played softly.
        attack_noise: Level of the plectrum's or the finger's own noise.
        release_noise: The same when a note is damped: jacks that fall back.
        recorded_bodies: Whether some instruments have one.
    """

    decay_s: Range
    loss: Range
    pluck: Range
    registrations: tuple[tuple[float, ...], ...] = ((0,),)
    detuning: float = 0.0
    body_hz: tuple[Range, ...] = ()
    body_gain: Range = (0.0, 0.0)
    rings: bool = False
    touch: Range = (1.0, 1.0)
    attack_noise: Range = (0.0, 0.0)
    release_noise: Range = (0.0, 0.0)
    recorded_bodies: bool = False


KINDS = {
    "Acoustic guitar": Kind(
        (1.5, 7), (0.08, 0.5), (0.06, 0.35), body_hz=((90, 130), (180, 240), (350, 480)),
        body_gain=(0.3, 1.2),
    ),
    "Electric guitar": Kind((2.5, 12), (0.05, 0.45), (0.05, 0.3)),
    "Bass guitar": Kind((2, 10), (0.1, 0.5), (0.05, 0.35)),
    "Harpsichord": Kind(
        (1.5, 9), (0.01, 0.2), (0.03, 0.22),
        ((0,), (0,), (0, 0), (0, 12), (0, 0, 12), (0, -12, 12)), 0.03,
        ((80, 180), (150, 300), (500, 900)), (0.1, 0.6),
        touch=(0, 1), attack_noise=(0, 0.3), release_noise=(0, 0.3),
    ),
    "Mandolin": Kind(
        (0.4, 3), (0.03, 0.3), (0.04, 0.25), ((0, 0),), 0.06,
        ((180, 300), (350, 500), (500, 800)), (0.2, 1.2),
        attack_noise=(0, 0.5), recorded_bodies=True,
    ),
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
    recorded_body: FloatArray | None
    """Response to a knock, shape (n,)."""
    release_s: float
    touch: float
    attack_noise: float
    release_noise: float
    noise_s: float


def drawn(rng: Generator, kind: Kind) -> Instrument:
    gain = rng.uniform(*kind.body_gain)
    body = [
        (float(rng.uniform(*place)), float(rng.uniform(3, 12)), float(gain * rng.uniform(0.4, 1)))
        for place in kind.body_hz
    ]
    registration = kind.registrations[rng.integers(len(kind.registrations))]
    has_recorded_body = kind.recorded_bodies and rng.random() < RECORDED_SHARE
    return Instrument(
        decay_s=float(np.exp(rng.uniform(*np.log(kind.decay_s)))),
        loss=float(np.exp(rng.uniform(*np.log(kind.loss)))),
        pluck=float(rng.uniform(*kind.pluck)),
        courses=tuple(step + float(rng.normal(0, kind.detuning)) for step in registration),
        body=tuple(body),
        recorded_body=_recorded_body(rng) if has_recorded_body else None,
        release_s=LONGEST_NOTE_S if kind.rings else float(rng.uniform(0.03, 0.2)),
        touch=float(rng.uniform(*kind.touch)),
        attack_noise=float(rng.uniform(*kind.attack_noise)),
        release_noise=float(rng.uniform(*kind.release_noise)),
        noise_s=float(rng.uniform(0.001, 0.008)),
    )


def _recorded_body(rng: Generator) -> FloatArray | None:
    """One of a mandolin's responses, of a smaller or larger instrument; None without any."""
    bodies = _bodies(MANDOLIN_BODIES)
    if not bodies:
        return None
    return shifted(bodies[rng.integers(len(bodies))], rng.uniform(-5, 3)).astype(np.float64)


@cache
def _bodies(folder: Path) -> tuple[Samples, ...]:
    """Raw 16-bit numbers at 22,050 Hz, big-endian, brought to the working rate."""
    common = gcd(SAMPLE_RATE_HZ, BODY_RATE_HZ)
    bodies = []
    for path in sorted(folder.glob("mand[0-9]*.raw")):
        numbers = np.fromfile(path, ">i2").astype(np.float32)
        response = resample_poly(numbers, SAMPLE_RATE_HZ // common, BODY_RATE_HZ // common)
        bodies.append(response / np.sqrt(np.square(response).sum()))
    return tuple(bodies)


def play(label: str, rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """A part on an instrument that ``rng`` draws from the label's kind."""
    return sound(drawn(rng, KINDS[label]), rng, notes, duration_s)


def sound(
    instrument: Instrument, rng: Generator, notes: Sequence[Note], duration_s: float
) -> Samples:
    """A part on one instrument."""
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
        loudness = (note.velocity / 127) ** instrument.touch
        for course in instrument.courses:
            string = pluck(rng, note.pitch + course, loudness, count, instrument)
            mix[start : start + count] += string * damping
        mix[start : start + count] += loudness**1.5 * _noise(rng, instrument, held, count)
    body = instrument.recorded_body
    sounding = mix.copy() if body is None else fftconvolve(mix, body)[: len(mix)]
    for frequency_hz, quality, gain in instrument.body:
        numerator, denominator = iirpeak(frequency_hz, quality, fs=SAMPLE_RATE_HZ)
        sounding += gain * quality * lfilter(numerator, denominator, mix)
    played: Samples = sounding.astype(np.float32)
    return played


def pluck(
    rng: Generator, pitch: float, loudness: float, count: int, instrument: Instrument
) -> FloatArray:
    """One string, plucked once, at most at loudness 1. Shape: (count,)."""
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


def _noise(rng: Generator, instrument: Instrument, held: int, count: int) -> FloatArray:
    """What is heard beside the string as it is plucked and damped. Shape: (count,)."""
    fading = np.exp(-np.arange(count) / SAMPLE_RATE_HZ / instrument.noise_s)
    noise = instrument.attack_noise * fading
    noise[held:] += instrument.release_noise * fading[: max(0, count - held)]
    return np.asarray(noise * rng.standard_normal(count))


def _excitation(rng: Generator, length: int, loudness: float, place: float) -> FloatArray:
    """Noise, duller when soft, with the gaps that the pluck's place leaves in its spectrum."""
    noise = rng.standard_normal(length)
    dullness = 0.85 * (1 - loudness)
    dull = lfilter([1 - dullness], [1, -dullness], np.concatenate([noise, noise]))[length:]
    plucked = dull - np.roll(dull, max(1, round(place * length)))
    plucked -= plucked.mean()
    return np.asarray(plucked / (np.abs(plucked).max() + 1e-9))
