"""Figures as Markdown tables, for the screen and for ``doc/performance.md``."""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import torch

from AST.errors import UsageError
from AST.writing import write_whole, writing
from bench.machine import processor

DOCUMENT = Path(__file__).parents[1] / "doc" / "performance.md"
WRITE_FLAG = "--write"


def add_write_flag(parser: argparse.ArgumentParser) -> None:
    """The flag that puts the tables into the document."""
    parser.add_argument(
        WRITE_FLAG,
        action="store_true",
        help="replace this measurement's tables in doc/performance.md",
    )


def table(heading: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table.

    >>> print(table(["way", "s"], [["fp32", "3.7"]]))
    | way | s |
    | --- | --- |
    | fp32 | 3.7 |
    """
    lines = [heading, ["---"] * len(heading), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def machine_line() -> str:
    """On which machine the figures were measured."""
    return f"{processor()}, {os.cpu_count()} cores, torch {torch.__version__}."


def publish(name: str, tables: str, figures: Any, write: bool) -> None:
    """Prints tables to stderr and figures as JSON to stdout, and writes the tables if wanted.

    Args:
        name: Of the section in the document.

    Raises:
        UsageError: The document has no such section, or cannot be written.
    """
    print(tables, file=sys.stderr)
    print(json.dumps(figures, indent=2))
    if write:
        text = replace_section(DOCUMENT.read_text("utf-8"), name, tables)
        with writing(DOCUMENT, WRITE_FLAG):
            write_whole(DOCUMENT, text.encode())


def replace_section(text: str, name: str, tables: str) -> str:
    """Puts tables between a document's two marks.

    Raises:
        UsageError: The marks are missing.

    >>> print(replace_section("a <!-- x --> old <!-- end of x --> b", "x", "new"))
    a <!-- x -->
    <BLANKLINE>
    new
    <BLANKLINE>
    <!-- end of x --> b
    """
    start, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    if start not in text or end not in text:
        raise UsageError(f"no section {start} … {end} in the document; add these two lines")
    before, _, rest = text.partition(start)
    _, _, after = rest.partition(end)
    return f"{before}{start}\n\n{tables}\n\n{end}{after}"
