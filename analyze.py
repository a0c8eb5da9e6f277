#!/usr/bin/env python3
"""Runs AST on each stem of any dataset: ``python analyze.py DATASET FOLDER``."""

import sys

from AST.commands.analyze import build_parser, main

__all__ = ["build_parser", "main"]

if __name__ == "__main__":
    sys.exit(main())
