#!/usr/bin/env python3
"""Joins the results of all shards of a run: ``python merge_results.py OUT.csv SHARD.csv ...``."""

import os
import sys

# With PYTHONSAFEPATH, Python does not look beside a script.
sys.path.insert(0, os.path.dirname(os.path.realpath(__file__)))

from AST.commands.merge import build_parser, main

__all__ = ["build_parser", "main"]

if __name__ == "__main__":
    sys.exit(main())
