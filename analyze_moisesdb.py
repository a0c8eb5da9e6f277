#!/usr/bin/env python3
"""Runs AST on each stem of MoisesDB: ``python analyze_moisesdb.py /path/to/moisesdb``."""

import functools
import sys

from AST.commands import analyze
from AST.datasets.moisesdb import LABELS

__all__ = ["LABELS", "build_parser", "main"]

build_parser = functools.partial(analyze.build_dataset_parser, "moisesdb")
main = functools.partial(analyze.main_for, "moisesdb")

if __name__ == "__main__":
    sys.exit(main())
