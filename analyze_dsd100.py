#!/usr/bin/env python3
"""Runs AST on each stem of DSD100: ``python analyze_dsd100.py /path/to/dsd100``."""

import functools
import sys

from AST.commands import analyze
from AST.datasets.dsd100 import LABELS

__all__ = ["LABELS", "build_parser", "main"]

build_parser = functools.partial(analyze.build_dataset_parser, "dsd100")
main = functools.partial(analyze.main_for, "dsd100")

if __name__ == "__main__":
    sys.exit(main())
