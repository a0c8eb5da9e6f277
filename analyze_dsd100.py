#!/usr/bin/env python3
"""Runs AST on each stem of DSD100: ``python analyze_dsd100.py /path/to/dsd100``."""

import argparse
import sys
from collections.abc import Sequence

from AST.commands import analyze
from AST.datasets.dsd100 import LABELS

__all__ = ["LABELS", "build_parser", "main"]


def build_parser() -> argparse.ArgumentParser:
    return analyze.build_dataset_parser("dsd100")


def main(argv: Sequence[str] | None = None) -> int:
    return analyze.main_for("dsd100", argv)


if __name__ == "__main__":
    sys.exit(main())
