#!/usr/bin/env python3
"""How often AST names the right instrument in the tracks of MoisesDB."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from AST import analysis, arguments
from AST.datasets import Dataset

LABELS = {
    "vocals": [
        "a capella",
        "chant",
        "child singing",
        "choir",
        "female singing",
        "humming",
        "male singing",
        "mantra",
        "rapping",
        "singing",
        "synthetic singing",
        "vocal music",
        "yodeling",
    ],
    "drums": [
        "bass drum",
        "cymbal",
        "drum",
        "drum kit",
        "drum machine",
        "drum roll",
        "hi-hat",
        "rimshot",
        "snare drum",
        "tabla",
        "timpani",
    ],
    "bass": [
        "bass guitar",
        "double bass",
    ],
    "piano": [
        "electric piano",
        "harpsichord",
        "keyboard (musical)",
        "piano",
    ],
    "guitar": [
        "acoustic guitar",
        "electric guitar",
        "guitar",
        "plucked string instrument",
        "steel guitar, slide guitar",
        "tapping (guitar technique)",
    ],
    "wind": [
        "brass instrument",
        "clarinet",
        "flute",
        "french horn",
        "harmonica",
        "saxophone",
        "trombone",
        "trumpet",
        "wind instrument, woodwind instrument",
    ],
    "bowed_strings": [
        "bowed string instrument",
        "cello",
        "orchestra",
        "violin, fiddle",
    ],
    "other_keys": [
        "accordion",
        "electronic organ",
        "hammond organ",
        "organ",
        "sampler",
        "synthesizer",
        "theremin",
    ],
    "other_plucked": [
        "banjo",
        "harp",
        "mandolin",
        "sitar",
        "ukulele",
        "zither",
    ],
    "percussion": [
        "glockenspiel",
        "gong",
        "maraca",
        "marimba, xylophone",
        "percussion",
        "steelpan",
        "tambourine",
        "tick",
        "tubular bells",
        "vibraphone",
        "wood block",
    ],
}
"""AudioSet names (lower case) that count as each stem; any other name is ``other`` (study)."""


def label_of(path: Path) -> str | None:
    """A track's stem is its folder's name; the stem ``other`` is left out."""
    stem = path.parent.name
    return None if stem.lower() == "other" else stem


DATASET = Dataset(
    name="MoisesDB",
    layout="moisesdb_v0.1/<song>/<stem>/<track>.wav",
    label_of=label_of,
    names_of_stem=LABELS,
    results_file="results_moises.csv",
)


def build_parser() -> argparse.ArgumentParser:
    return arguments.build_parser(DATASET)


def main(argv: Sequence[str] | None = None) -> int:
    return analysis.main(DATASET, build_parser().parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
