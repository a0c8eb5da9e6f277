#!/usr/bin/env python3
"""Runs AST on each stem of MoisesDB: ``python analyze_moisesdb.py /path/to/moisesdb``."""

import functools
import os
import sys

# With PYTHONSAFEPATH, Python does not look beside a script.
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from AST.commands import analyze
from AST.datasets.moisesdb import LABELS

__all__ = ["LABELS", "build_parser", "main"]

build_parser = functools.partial(analyze.build_dataset_parser, "moisesdb")
main = functools.partial(analyze.main_for, "moisesdb")

if __name__ == "__main__":
    sys.exit(main())
