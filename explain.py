#!/usr/bin/env python3
"""A picture of what AST attends to in one file: ``python explain.py stem.wav``."""

import sys

from AST.commands.explain import build_parser, main

__all__ = ["build_parser", "main"]

if __name__ == "__main__":
    sys.exit(main())
