#!/usr/bin/env python3
"""The accuracy of a results file: ``python computeaccuracy.py results.csv``."""

import sys

from AST.commands.accuracy import build_parser, main

__all__ = ["build_parser", "main"]

if __name__ == "__main__":
    sys.exit(main())
