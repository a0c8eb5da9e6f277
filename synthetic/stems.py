"""Writes seeded synthetic stems in DSD100's and MoisesDB's layouts: tones and noise, not music.

``python -m synthetic.stems FOLDER --songs 4 --duration-s 20`` writes both.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile

from AST.command_line import whole_number

SAMPLE_RATE_HZ = 44_100
LEVEL = 0.3
"""Peak amplitude of a stem. Full scale is 1."""

FloatArray = npt.NDArray[np.float64]


def tone(frequency_hz: float, time_s: FloatArray, partials: int = 1) -> FloatArray:
    """A tone whose n-th harmonic has 1/n of the amplitude. Shape: that of ``time_s``."""
    orders = np.arange(1, partials + 1)[:, None]
    waves = np.sin(2 * np.pi * frequency_hz * orders * time_s) / orders
    return np.asarray(LEVEL * waves.sum(axis=0) / partials**0.5)


def stem_samples(name: str, duration_s: float, seed: int) -> FloatArray:
    """A synthetic stereo stem with a pause of 2 s in each 10 s, at 44.1 kHz. Shape: (n, 2)."""
    generator = np.random.default_rng([seed, *name.encode()])
    time_s = np.arange(round(duration_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    if name in ("drums", "percussion"):
        left = LEVEL * generator.uniform(-1, 1, len(time_s)) * np.exp(-8 * (time_s % 0.5))
    elif name == "bass":
        left = tone(generator.uniform(40, 90), time_s, partials=4)
    else:
        left = tone(generator.uniform(150, 500), time_s, partials=8)
    left = left * (time_s % 10 < 8)
    right = left * generator.uniform(0.7, 1)
    return np.stack([left, right], axis=1)


def write_samples(
    path: Path, samples: FloatArray, subtype: str = "PCM_16", duration_s: float | None = None
) -> None:
    """Writes samples at 44.1 kHz, shape (n,) or (n, channels), and creates the folders of the path.

    Args:
        duration_s: The samples are repeated up to this length. If None, they are written once.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    channels = 1 if samples.ndim == 1 else samples.shape[1]
    left = len(samples) if duration_s is None else round(duration_s * SAMPLE_RATE_HZ)
    with soundfile.SoundFile(path, "w", SAMPLE_RATE_HZ, channels, subtype) as file:
        while left:
            file.write(samples[:left])
            left -= min(left, len(samples))


def write_dsd100(folder: Path, songs: int, duration_s: float) -> None:
    """Writes songs in DSD100's layout: ``Mixtures`` and ``Sources``, with ``Dev`` and ``Test``."""
    for song in range(songs):
        place = Path(("Dev", "Test")[song % 2], f"{song + 1:03d} - Nobody - Song {song + 1}")
        stems = {
            name: stem_samples(name, duration_s, song)
            for name in ("bass", "drums", "other", "vocals")
        }
        for name, samples in stems.items():
            write_samples(folder / "Sources" / place / f"{name}.wav", samples)
        mixture = np.mean(list(stems.values()), axis=0)
        write_samples(folder / "Mixtures" / place / "mixture.wav", mixture)


def write_moisesdb(folder: Path, songs: int, duration_s: float) -> None:
    """Writes songs in MoisesDB's layout: song folder, class folder, then the track files."""
    for song in range(songs):
        for name in ("bass", "drums", "guitar", "other", "vocals"):
            for track in range(2 if name == "guitar" else 1):
                path = folder / "moisesdb_v0.1" / f"song-{song}" / name / f"track-{track}.wav"
                write_samples(path, stem_samples(name, duration_s, 100 * song + track))


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description="Writes synthetic stems in both layouts.")
    parser.add_argument("folder", type=Path, help="where to write the folders DSD100 and moisesdb")
    parser.add_argument("--songs", type=whole_number(1), default=2, metavar="N")
    parser.add_argument("--duration-s", type=whole_number(1), default=20, metavar="N")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    write_dsd100(arguments.folder / "DSD100", arguments.songs, arguments.duration_s)
    write_moisesdb(arguments.folder / "moisesdb", arguments.songs, arguments.duration_s)
    print(f"Synthetic stems, tones and noise only: {arguments.folder}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
