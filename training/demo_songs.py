"""Composes the demo's songs from the held-out sounds: ``python -m training.demo_songs FOLDER``.

Two small datasets in the real layouts.
"""

import argparse
import json
import shutil
import sys
import tempfile
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from AST.command_line import EXIT_OK, exit_code
from AST.errors import UsageError
from training import compose, effects
from training.families import FAMILY_OF_LABEL
from training.fluid import SAMPLE_RATE_HZ, Samples
from training.source import Source
from training.sources import TEST, Folders, all_sources, part

SEED = 2026
SONG_S = 24.0
STEM_PEAK = 0.4
MP3_COMPRESSION = 0.5
"""libsndfile's scale from 0, the largest file, to 1."""

DSD100_SONGS = (
    ("Dev", "001 - Demo - First Light", "Electric guitar"),
    ("Dev", "002 - Demo - Second Street", "Hammond organ"),
    ("Test", "003 - Demo - Third Rail", "Piano"),
    ("Test", "004 - Demo - Fourth Wall", "Trumpet"),
)
"""Part, folder and what plays the stem ``other``."""

MOISESDB_SONGS = (
    (
        "Harbour",
        ("Singing", "Drum kit", "Bass guitar", "Acoustic guitar", "Electric guitar", "Piano"),
    ),
    (
        "Cloister",
        ("Choir", "Violin, fiddle", "Bowed string instrument", "Violin, fiddle", "Organ", "Harp"),
    ),
    (
        "Arcade",
        ("Singing", "Drum machine", "Bass guitar", "Synthesizer", "Hammond organ", "Vibraphone"),
    ),
    (
        "Square",
        ("Trumpet", "Trombone", "Saxophone", "Clarinet", "Double bass", "Banjo", "Tambourine"),
    ),
    ("Island", ("Singing", "Steelpan", "Percussion", "Electric guitar", "Flute", "Bass guitar")),
)
"""Title and AudioSet labels of the tracks; those of one family share a stem's folder."""

MARK = "composed.txt"
"""A file beside the datasets that says that they may be written anew."""

TRACK_TYPES = {"Electric guitar": "clean electric guitar", "Violin, fiddle": "violin (solo)"}


def write_dsd100(folder: Path, sources: Sequence[Source]) -> None:
    """``Mixtures`` and ``Sources``, each with ``Dev`` and ``Test``; and a file that is hidden."""
    for number, (split, name, other) in enumerate(DSD100_SONGS):
        rng = np.random.default_rng((SEED, 100, number))
        song = compose.random_song(rng, SONG_S)
        labels = {"bass": "Bass guitar", "drums": "Drum kit", "other": other, "vocals": "Singing"}
        stems = {stem: track(rng, song, label, sources) for stem, label in labels.items()}
        for stem, samples in stems.items():
            _write(folder / "Sources" / split / name / f"{stem}.mp3", samples)
        mixture = np.sum(list(stems.values()), axis=0) / len(stems) ** 0.5
        _write(folder / "Mixtures" / split / name / "mixture.mp3", mixture)
    (folder / "Sources" / "Dev" / DSD100_SONGS[0][1] / "._bass.mp3").write_bytes(b"\0" * 16)


def write_moisesdb(folder: Path, sources: Sequence[Source]) -> None:
    """``moisesdb_v0.1/<song>/<stem>/<track>.mp3`` with ``data.json``, and a stem ``other``."""
    for number, (title, labels) in enumerate(MOISESDB_SONGS):
        rng = np.random.default_rng((SEED, 200, number))
        song = compose.random_song(rng, SONG_S)
        song_id = str(uuid.uuid5(uuid.NAMESPACE_OID, title))
        place = folder / "moisesdb_v0.1" / song_id
        stems: dict[str, list[dict[str, Any]]] = {}
        for count, label in enumerate((*labels, "Synthesizer")):
            stem = "other" if count == len(labels) else FAMILY_OF_LABEL[label]
            track_id = str(uuid.uuid5(uuid.NAMESPACE_OID, f"{title} {count} {label}"))
            _write(place / stem / f"{track_id}.mp3", track(rng, song, label, sources))
            track_type = TRACK_TYPES.get(label, label.lower())
            stems.setdefault(stem, []).append({"id": track_id, "trackType": track_type})
        description = {
            "song": title,
            "artist": "Demo",
            "genre": "made by training/demo_songs.py",
            "stems": [{"stemName": stem, "tracks": tracks} for stem, tracks in stems.items()],
        }
        (place / "data.json").write_text(json.dumps(description, indent=1) + "\n", "utf-8")


def track(
    rng: compose.Generator, song: compose.Song, label: str, sources: Sequence[Source]
) -> Samples:
    """One instrument's part in a song."""
    fitting = [source for source in sources if source.label == label]
    source = fitting[rng.integers(len(fitting))]
    hand = compose.random_hand(rng, source.low, max(source.high, source.low + 12))
    style = source.styles[rng.integers(len(source.styles))]
    dry = source.play(rng, style(rng, song, hand), song.duration_s)
    wet = effects.produce(rng, dry, source.family, source.label)
    return np.asarray(wet * np.float32(STEM_PEAK / max(1e-6, float(np.abs(wet).max()))))


def _write(path: Path, samples: Samples) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples, SAMPLE_RATE_HZ, format="MP3", compression_level=MP3_COMPRESSION)


def write_demo(folder: Path, sources: Sequence[Source]) -> int:
    """Writes both datasets aside and then puts them in the place of the old ones.

    Raises:
        UsageError: A sound is missing, or what is there is no demo of ours.
    """
    labels = {label for _, song in MOISESDB_SONGS for label in song}
    labels |= {"Bass guitar", "Drum kit", "Singing", *(other for *_, other in DSD100_SONGS)}
    if missing := labels - {source.label for source in sources}:
        raise UsageError(
            f"no held-out sounds of {', '.join(sorted(missing))}; "
            "training/README.md lists what to install"
        )
    writers = {"DSD100": write_dsd100, "moisesdb": write_moisesdb}
    for name in writers:
        if (folder / name).exists() and not (folder / MARK).exists():
            raise UsageError(f"{folder / name}: exists, and without {MARK} beside it is no demo")
    folder.mkdir(parents=True, exist_ok=True)
    for name, write in writers.items():
        with tempfile.TemporaryDirectory(dir=folder) as new:
            write(Path(new) / name, sources)
            shutil.rmtree(folder / name, ignore_errors=True)
            (Path(new) / name).rename(folder / name)
    (folder / MARK).write_text("Written by python -m training.demo_songs.\n", "utf-8")
    return EXIT_OK


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.demo_songs", description=__doc__)
    parser.add_argument("folder", type=Path, help="where DSD100 and moisesdb are written")
    Folders.add_arguments(parser)
    parser.add_argument("--speech", type=Path, help="what python -m training.speak made")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    folders = Folders(arguments.samples, arguments.packages, arguments.speech)
    return exit_code(lambda: write_demo(arguments.folder, part(all_sources(folders), TEST)))


if __name__ == "__main__":
    sys.exit(main())
