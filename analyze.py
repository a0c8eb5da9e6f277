#!/usr/bin/env python3
"""Runs AST on each stem of any dataset: ``python analyze.py DATASET FOLDER``."""

import os
import sys

# With PYTHONSAFEPATH, Python does not look beside a script.
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from AST.commands.analyze import build_parser, main

__all__ = ["build_parser", "main"]

if __name__ == "__main__":
    sys.exit(main())
