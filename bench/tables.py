"""Shows figures as Markdown tables, on the screen and in a document: ``doc/performance.md``."""

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import torch

from AST.command_line import EXIT_OK, exit_code
from AST.errors import UsageError
from AST.writing import write_whole, writing
from bench.machine import processor

DOCUMENTS = Path(__file__).parents[1] / "doc"
PERFORMANCE, STATISTICS = DOCUMENTS / "performance.md", DOCUMENTS / "statistics.md"
WRITE_FLAG = "--write"


def new_parser(
    name: str, description: str, document: Path = PERFORMANCE
) -> argparse.ArgumentParser:
    """A parser with the flag that puts the tables into the document."""
    parser = argparse.ArgumentParser(prog=f"python -m bench.{name}", description=description)
    text = f"replace this measurement's tables in doc/{document.name}"
    parser.add_argument(WRITE_FLAG, action="store_true", help=text)
    parser.set_defaults(document=document)
    return parser


def measure_and_show(
    name: str,
    arguments: argparse.Namespace,
    measure: Callable[[argparse.Namespace, Path], Any],
    tables: Callable[[argparse.Namespace, Any], str],
) -> int:
    """Prints tables to stderr and figures as JSON to stdout. Returns the exit code.

    Args:
        name: Of the section in the document where ``--write`` puts the tables.
        measure: Returns the figures. It gets a temporary folder.
        tables: Makes Markdown of the figures.
    """

    def run() -> int:
        with tempfile.TemporaryDirectory() as folder:
            figures = measure(arguments, Path(folder))
        text = tables(arguments, figures)
        print(text, file=sys.stderr)
        print(json.dumps(figures, indent=2))
        if arguments.write:
            document: Path = arguments.document
            content = replace_section(document.read_text("utf-8"), name, text)
            with writing(document, WRITE_FLAG):
                write_whole(document, content.encode())
        return EXIT_OK

    return exit_code(run)


def table(heading: str, columns: Mapping[str, str], rows: Mapping[str, Mapping[str, float]]) -> str:
    """A Markdown table.

    Args:
        heading: Of the first column, which holds the names of the rows.
        columns: The key of each heading's figures. A cell without a figure is empty.

    >>> print(table("way", {"s": "seconds", "files": "n"}, {"fp32": {"seconds": 3.727}}))
    | way | s | files |
    | --- | --- | --- |
    | fp32 | 3.73 |  |
    """
    lines = [[heading, *columns], ["---"] * (1 + len(columns))]
    for name, figures in rows.items():
        lines.append([name, *(_rounded(figures.get(key, "")) for key in columns.values())])
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _rounded(figure: float | str) -> str:
    """A figure with three digits that count; integers and text are unchanged.

    >>> _rounded(1234.5), _rounded(0.012345), _rounded(1234)
    ('1230', '0.0123', '1234')
    """
    return f"{float(f'{figure:.3g}'):g}" if isinstance(figure, float) else str(figure)


def machine_line() -> str:
    """On which machine the figures were measured."""
    return f"{processor()}, {os.cpu_count()} cores, torch {torch.__version__}."


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
