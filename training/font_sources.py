"""General MIDI's instruments, as SoundFonts and Freepats' patches play them."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from training import fluid, patches, rhythm
from training.catalogue import (
    DRUM_FONTS,
    DRUM_PRESETS,
    FONT_WEIGHTS,
    FONTS,
    GENERAL_MIDI,
    HELD_OUT,
    LEFT_OUT_PRESETS,
    PACKAGE_FONTS,
    PATCHES,
    PATCHES_PROGRAMS,
    PERCUSSION_KEYS,
    PLUCKED,
    SHARED_DRUM_KEYS,
    SHARED_PROGRAMS,
    VARIATIONS,
    VARIED,
    VARIED_BANK,
    VARIED_WEIGHT,
)
from training.compose import Generator, Note, Style
from training.families import FAMILY_OF_LABEL
from training.fluid import DRUM_BANK, Samples
from training.note_sets import shifted
from training.source import Play, Source

Preset = tuple[str, int, tuple[int, ...], int, int, tuple[Style, ...]]
"""Label, bank, programs, lowest and highest pitch, styles."""

GENERAL_WEIGHT = 2.0
"""Of a label's programs in one SoundFont, together."""
SIZE_SEMITONES = 4
SIZE_SHARE = 0.6
"""How many of the training's parts are played on a larger or smaller instrument, and how much."""


def font_sources(packages: Path | None) -> list[Source]:
    """What of the SoundFonts and patches is installed, by Debian or as npm's packages."""
    sources: list[Source] = []
    in_packages = (
        {name: packages / path for name, path in PACKAGE_FONTS.items()} if packages else {}
    )
    for name, path in (FONTS | in_packages).items():
        if path.is_file():
            sources += _melodic_sources(name, path)
            sources += _drum_sources(name, path)
    for name, path in DRUM_FONTS.items():
        if path.is_file():
            sources.append(_drum_source(name, path, 0, 0, "Drum kit", 3))
    if PATCHES.is_file():
        sources += _patch_sources()
    return sources


def _presets(font: str) -> Iterator[Preset]:
    for label, programs, low, high, styles in GENERAL_MIDI:
        yield label, 0, programs, low, high, styles
        if varied := tuple(program for program in programs if program in VARIED.get(font, ())):
            yield label, VARIED_BANK, varied, low, high, styles
    for label, bank, program in VARIATIONS:
        yield label, bank, (program,), 50, 86, PLUCKED


def _melodic_sources(name: str, path: Path) -> Iterator[Source]:
    for label, bank, programs, low, high, styles in _presets(name):
        weight = GENERAL_WEIGHT * FONT_WEIGHTS.get(name, 1.0) / len(programs)
        for program in programs:
            if name in HELD_OUT and bank == 0 and program in SHARED_PROGRAMS:
                continue
            if (name, bank, program) in LEFT_OUT_PRESETS:
                continue
            play = partial(_play_font, path, bank, program, FAMILY_OF_LABEL[label])
            if name not in HELD_OUT:
                play = partial(_of_another_size, play)
            is_varied = bank == VARIED_BANK and program in VARIED.get(name, ())
            own_weight = weight * VARIED_WEIGHT if is_varied else weight
            yield Source(name, label, play, styles, low, high, own_weight)


def _patch_sources() -> Iterator[Source]:
    for label, bank, programs, low, high, styles in _presets("freepats"):
        held = [program for program in programs if bank == 0 and program in PATCHES_PROGRAMS]
        for program in held:
            play = partial(_of_another_size, partial(_play_patch, program))
            yield Source("freepats", label, play, styles, low, high, GENERAL_WEIGHT / len(held))


def _play_patch(program: int, rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
    return patches.play(PATCHES, program, notes, duration_s)


def _play_font(
    path: Path,
    bank: int,
    program: int,
    family: str,
    rng: Generator,
    notes: Sequence[Note],
    duration_s: float,
) -> Samples:
    expressive = family in ("wind", "bowed_strings", "guitar", "vocals", "other_keys")
    vibrato = float(rng.choice((0, 0.3, 0.7))) if expressive else 0.0
    glide = float(rng.choice((0, 0, 0, 0.3, 1.0))) if expressive else 0.0
    return fluid.play(path, bank, program, notes, duration_s, vibrato, glide)


def _of_another_size(
    play: Play, rng: Generator, notes: Sequence[Note], duration_s: float
) -> Samples:
    """At times played higher and faster and slowed down to pitch and tempo, or the reverse.

    What resonates moves with it, so one recording of an instrument stands for several.
    """
    if rng.random() >= SIZE_SHARE:
        return play(rng, notes, duration_s)
    semitones = int(rng.integers(-SIZE_SEMITONES, SIZE_SEMITONES + 1))
    stretch = 2 ** (-semitones / 12)
    moved = [
        Note(
            note.start_s * stretch,
            note.duration_s * stretch,
            min(max(note.pitch + semitones, 0), 127),
            note.velocity,
        )
        for note in notes
    ]
    longer_s = duration_s * stretch + 0.01
    samples = shifted(play(rng, moved, longer_s), -semitones)
    return samples[: round(duration_s * fluid.SAMPLE_RATE_HZ)]


def _drum_sources(name: str, path: Path) -> Iterator[Source]:
    for label, programs in DRUM_PRESETS.items():
        for program in programs:
            if (name, DRUM_BANK, program) not in LEFT_OUT_PRESETS:
                yield _drum_source(name, path, DRUM_BANK, program, label, 1)
    for label, keys in PERCUSSION_KEYS.items():
        own = [key for key in keys if name not in HELD_OUT or key not in SHARED_DRUM_KEYS]
        if own:
            yield _drum_source(name, path, DRUM_BANK, 0, label, 2, (rhythm.hits(*own),))


def _drum_source(
    name: str,
    path: Path,
    bank: int,
    program: int,
    label: str,
    weight: float,
    styles: tuple[Style, ...] = (rhythm.beat,),
) -> Source:
    def play(rng: Generator, notes: Sequence[Note], duration_s: float) -> Samples:
        return fluid.play(path, bank, program, notes, duration_s)

    return Source(name, label, play, styles, weight=weight)
