#!/usr/bin/env python3
"""How often AST names the right instrument in the stems of DSD100."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from AST import analysis, arguments
from AST.datasets import Dataset

LABELS = {
    "vocals": [
        "singing",
        "mantra",
        "male singing",
        "female singing",
        "child singing",
        "synthetic singing",
        "choir",
        "yodeling",
        "chant",
        "humming",
        "rapping",
        "a capella",
        "vocal music",
    ],
    "drums": [
        "drum kit",
        "percussion",
        "drum machine",
        "drum",
        "snare drum",
        "rimshot",
        "drum roll",
        "bass drum",
        "timpani",
        "tabla",
        "cymbal",
        "hi-hat",
        "tambourine",
        "wood block",
    ],
    "bass": [
        "bass guitar",
        "double bass",
        "synthesizer",
        "sampler",
    ],
}
"""AudioSet names (lower case) that count as each stem; any other name is ``other`` (study)."""


def label_of(path: Path) -> str | None:
    """A stem is named after its file; mixes and the stem ``other`` are left out."""
    name = path.name.lower()
    return None if "mix" in name or "other" in name else path.stem


DATASET = Dataset(
    name="DSD100",
    layout="Sources/{Dev,Test}/NNN - Artist - Title/{bass,drums,vocals}.wav",
    label_of=label_of,
    names_of_stem=LABELS,
    results_file="results_dsd100.csv",
)


def build_parser() -> argparse.ArgumentParser:
    return arguments.build_parser(DATASET)


def main(argv: Sequence[str] | None = None) -> int:
    return analysis.main(DATASET, build_parser().parse_args(argv))


if __name__ == "__main__":
    sys.exit(main())
