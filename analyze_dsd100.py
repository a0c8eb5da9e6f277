#!/usr/bin/env python3
"""Runs AST on each stem of DSD100: ``python analyze_dsd100.py /path/to/dsd100``."""

import functools
import os
import sys

# With PYTHONSAFEPATH, Python does not look beside a script.
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from AST.commands import analyze
from AST.datasets.dsd100 import LABELS

__all__ = ["LABELS", "build_parser", "main"]

build_parser = functools.partial(analyze.build_dataset_parser, "dsd100")
main = functools.partial(analyze.main_for, "dsd100")

if __name__ == "__main__":
    sys.exit(main())
