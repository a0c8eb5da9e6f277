#!/usr/bin/env python3
"""Another label dictionary on a results file: ``python relabel.py results.csv --labels FILE``."""

import sys

from AST.commands.relabel import build_parser, main

__all__ = ["build_parser", "main"]

if __name__ == "__main__":
    sys.exit(main())
