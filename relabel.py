#!/usr/bin/env python3
"""Another label dictionary on a results file: ``python relabel.py results.csv --labels FILE``."""

import os
import sys

# With PYTHONSAFEPATH, Python does not look beside a script.
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from AST.commands.relabel import build_parser, main

__all__ = ["build_parser", "main"]

if __name__ == "__main__":
    sys.exit(main())
