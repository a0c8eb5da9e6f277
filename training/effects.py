"""What happens to a sound between the instrument and the stem: amplifiers, pedals, rooms, tape."""

import numpy as np
import pedalboard as pb

from training.compose import Generator
from training.fluid import SAMPLE_RATE_HZ, Samples

ROOM_LENGTH_S = 1.2


def produce(rng: Generator, samples: Samples, family: str, label: str) -> Samples:
    """A dry part as it would sound in a recording; its peak is at 0.5."""
    dry = _normalised(samples)
    board = pb.Pedalboard([*_instrument_chain(rng, family, label), *_mixing_chain(rng)])
    wet = board(dry, SAMPLE_RATE_HZ, reset=True)
    if rng.random() < 0.35:
        wet = _in_a_room(rng, wet)
    if rng.random() < 0.4:
        wet = wet + _noise(rng, len(wet))
    return _normalised(wet)


def _normalised(samples: Samples) -> Samples:
    peak = np.float32(np.abs(samples).max(initial=1e-9))
    return np.asarray(samples * (np.float32(0.5) / peak))


def _instrument_chain(rng: Generator, family: str, label: str) -> list[pb.Plugin]:
    chain: list[pb.Plugin] = []
    if label == "Electric guitar" and rng.random() < 0.65:
        chain += [pb.Distortion(float(rng.uniform(5, 42))), pb.HighpassFilter(80)]
        chain.append(pb.LowpassFilter(float(rng.uniform(2500, 6500))))
    elif family in ("bass", "other_keys") and rng.random() < 0.25:
        chain += [pb.Distortion(float(rng.uniform(3, 25))), pb.LowpassFilter(5000)]
    if family in ("guitar", "other_keys", "piano") and rng.random() < 0.3:
        modulations = (
            pb.Chorus(float(rng.uniform(0.3, 3)), float(rng.uniform(0.1, 0.5))),
            pb.Phaser(float(rng.uniform(0.1, 3)), float(rng.uniform(0.2, 0.8))),
        )
        chain.append(modulations[rng.integers(2)])
    if family in ("guitar", "vocals", "other_keys", "wind", "percussion") and rng.random() < 0.2:
        delay_s, feedback = float(rng.uniform(0.08, 0.45)), float(rng.uniform(0.1, 0.45))
        chain.append(pb.Delay(delay_s, feedback, float(rng.uniform(0.1, 0.4))))
    return chain


def _mixing_chain(rng: Generator) -> list[pb.Plugin]:
    chain: list[pb.Plugin] = []
    if rng.random() < 0.5:
        threshold_db, ratio = float(rng.uniform(-35, -12)), float(rng.uniform(2, 10))
        attack_ms, release_ms = float(rng.uniform(0.5, 30)), float(rng.uniform(40, 400))
        chain.append(pb.Compressor(threshold_db, ratio, attack_ms, release_ms))
    for _ in range(int(rng.integers(0, 3))):
        centre_hz = float(np.exp(rng.uniform(np.log(120), np.log(7000))))
        chain.append(pb.PeakFilter(centre_hz, float(rng.normal(0, 5)), float(rng.uniform(0.4, 2))))
    if rng.random() < 0.3:
        chain.append(pb.HighpassFilter(float(rng.uniform(30, 250))))
    if rng.random() < 0.35:
        chain.append(pb.LowpassFilter(float(np.exp(rng.uniform(np.log(1800), np.log(12_000))))))
    if rng.random() < 0.45:
        wet = float(rng.uniform(0.05, 0.5))
        chain.append(
            pb.Reverb(float(rng.uniform(0.1, 0.95)), float(rng.random()), wet, 1 - wet, 1.0)
        )
    return chain


def _in_a_room(rng: Generator, samples: Samples) -> Samples:
    """A room's response: noise that decays, faster in the treble, after a first direct sound."""
    count = round(ROOM_LENGTH_S * SAMPLE_RATE_HZ)
    time_s = np.arange(count) / SAMPLE_RATE_HZ
    noise = rng.standard_normal(count)
    dull = np.convolve(noise, np.ones(12) / 12, "same") * 3
    decay_s = rng.uniform(0.03, 0.5)
    tail = noise * np.exp(-time_s / (0.5 * decay_s)) + dull * np.exp(-time_s / decay_s)
    tail[: int(rng.uniform(0.001, 0.02) * SAMPLE_RATE_HZ)] = 0
    tail *= rng.uniform(0.1, 1.5) / np.sqrt(np.square(tail).sum() + 1e-9)
    tail[0] = 1.0
    length = len(samples) + count
    spectrum = np.fft.rfft(samples, length) * np.fft.rfft(tail, length)
    return np.fft.irfft(spectrum, length)[: len(samples)].astype(np.float32)


def _noise(rng: Generator, count: int) -> Samples:
    """Tape hiss, an amplifier's noise, mains hum."""
    white = rng.standard_normal(count)
    dull = np.convolve(white, np.ones(8) / 8, "same")
    level = 10 ** (rng.uniform(-75, -38) / 20)
    noise = level * (rng.random() * white + rng.random() * 2 * dull)
    if rng.random() < 0.3:
        time_s = np.arange(count) / SAMPLE_RATE_HZ
        mains_hz = float(rng.choice((50, 60)))
        hum = sum(np.sin(2 * np.pi * mains_hz * k * time_s) / k for k in (1, 2, 3, 5))
        noise = noise + level * rng.random() * hum
    return noise.astype(np.float32)
