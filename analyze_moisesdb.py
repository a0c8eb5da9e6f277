#!/usr/bin/env python3
"""Runs AST on each stem of MoisesDB: ``python analyze_moisesdb.py /path/to/moisesdb``."""

import argparse
import sys
from collections.abc import Sequence

from AST.commands import analyze
from AST.datasets.moisesdb import LABELS

__all__ = ["LABELS", "build_parser", "main"]


def build_parser() -> argparse.ArgumentParser:
    return analyze.build_dataset_parser("moisesdb")


def main(argv: Sequence[str] | None = None) -> int:
    return analyze.main_for("moisesdb", argv)


if __name__ == "__main__":
    sys.exit(main())
