"""Small synthesizers: one of oscillators and a moving low-pass filter, and an electric piano."""

from collections.abc import Sequence

import numpy as np
from scipy.signal import lfilter

from training.building import FloatArray, ending, sounding
from training.compose import Generator, Note
from training.fluid import SAMPLE_RATE_HZ, Samples

BLOCK = 256
"""Samples for which the filter stands still."""


def play(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """A part in a sound drawn by ``rng``: saw, pulse, triangle or FM, one to three detuned."""
    kind = str(rng.choice(("saw", "pulse", "triangle", "fm")))
    detune = rng.uniform(0, 0.15) * np.array((0.0, 1.0, -1.0))[: rng.integers(1, 4)]
    attack_s = float(rng.choice((0.002, 0.01, 0.1, 0.4)))
    release_s = float(rng.choice((0.03, 0.15, 0.6)))
    decay_s = float(rng.choice((0.1, 0.4, 2.0, 20.0)))
    width, ratio, depth = rng.uniform(0.1, 0.5), rng.choice((0.5, 1, 2, 3, 1.41)), rng.uniform(0, 5)
    mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ), np.float32)
    for note, place, time_s in sounding(notes, len(mix), release_s):
        envelope = np.minimum(1, time_s / attack_s) * np.exp(-time_s / decay_s)
        envelope *= ending(note, release_s, time_s)
        wave = np.zeros(len(time_s))
        for shift in detune:
            phase = 440 * 2 ** ((note.pitch + shift - 69) / 12) * time_s + rng.random()
            wave += _oscillator(kind, phase, width, ratio, depth * envelope)
        mix[place] += (wave * envelope * (note.velocity / 127)).astype(np.float32)
    return _sweep(rng, mix)


def electric_piano(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    """Two pairs of sines in frequency modulation, a body and a tine, as the DX7 made popular."""
    body_depth, tine_depth = rng.uniform(0.3, 3), rng.uniform(0, 1.2)
    tine_ratio = float(rng.choice((7, 11, 14)))
    decay_s, tine_decay_s = rng.uniform(0.8, 4), rng.uniform(0.05, 0.5)
    tremolo_hz, tremolo = rng.uniform(2, 7), float(rng.choice((0, 0, 0.3, 0.6)))
    release_s, detune = rng.uniform(0.05, 0.4), rng.uniform(0, 0.08)
    mix = np.zeros(round(duration_s * SAMPLE_RATE_HZ))
    for note, place, time_s in sounding(notes, len(mix), release_s):
        phase = 2 * np.pi * 440 * 2 ** ((note.pitch - 69) / 12) * time_s
        loudness = note.velocity / 127
        fading = np.exp(-time_s / (decay_s * 2 ** ((60 - note.pitch) / 24)))
        body = np.sin(phase + body_depth * loudness * fading * np.sin(phase * 2 ** (detune / 12)))
        ringing = np.exp(-time_s / tine_decay_s)
        tine = np.sin(phase + tine_depth * loudness * ringing * np.sin(tine_ratio * phase))
        mix[place] += loudness * ending(note, release_s, time_s) * fading * (body + tine)
    time_s = np.arange(len(mix)) / SAMPLE_RATE_HZ
    return (mix * (1 + tremolo * np.sin(2 * np.pi * tremolo_hz * time_s))).astype(np.float32)


def _oscillator(
    kind: str, phase: FloatArray, width: float, ratio: float, depth: FloatArray
) -> FloatArray:
    if kind == "fm":
        return np.asarray(np.sin(2 * np.pi * phase + depth * np.sin(2 * np.pi * ratio * phase)))
    turn = phase % 1
    if kind == "pulse":
        return np.where(turn < width, 1.0, -1.0)
    if kind == "triangle":
        return np.asarray(4 * np.abs(turn - 0.5) - 1)
    return np.asarray(2 * turn - 1)


def _sweep(rng: Generator, samples: Samples) -> Samples:
    """A resonant low-pass whose corner moves slowly between two frequencies."""
    low_hz, high_hz = np.sort(np.exp(rng.uniform(np.log(200), np.log(12_000), 2)))
    rate_hz, resonance = rng.uniform(0.05, 4), rng.uniform(0.5, 4)
    out = np.empty_like(samples)
    state = np.zeros(2)
    for start in range(0, len(samples), BLOCK):
        swing = 0.5 + 0.5 * np.sin(2 * np.pi * rate_hz * start / SAMPLE_RATE_HZ)
        corner = 2 * np.pi * low_hz * (high_hz / low_hz) ** swing / SAMPLE_RATE_HZ
        alpha = np.sin(corner) / (2 * resonance)
        feed = np.array((1, 2, 1)) * (1 - np.cos(corner)) / 2 / (1 + alpha)
        back = np.array((1 + alpha, -2 * np.cos(corner), 1 - alpha)) / (1 + alpha)
        block, state = lfilter(feed, back, samples[start : start + BLOCK], zi=state)
        out[start : start + BLOCK] = block
    return out
