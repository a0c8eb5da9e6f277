"""Writes all tables and figures into a folder, with their captions."""

import re
from pathlib import Path

from AST.errors import UsageError
from AST.evaluation.export.figure import saved
from AST.evaluation.export.figures import figures
from AST.evaluation.export.table import as_csv, as_latex
from AST.evaluation.export.tables import tables
from AST.evaluation.findings import Findings
from AST.writing import write_whole, writing

FLAG = "--tables"
CAPTIONS = "captions.txt"
CAPTION = re.compile(r"^(\w+\.(?:csv|tex|pdf|svg)), (\w+\.(?:csv|tex|pdf|svg)): ", re.MULTILINE)


def make_folder(folder: Path) -> None:
    """Makes the folder, before figures take time. One that is there may be empty or ours.

    Raises:
        UsageError: It cannot be made, or it holds files that are not from an earlier export.
    """
    with writing(folder, FLAG):
        folder.mkdir(exist_ok=True)
        is_ours = _earlier(folder) or not any(folder.iterdir())
    if not is_ours:
        raise UsageError(
            f"{folder}: holds files that are not tables and figures of this command; choose a new "
            f"folder with {FLAG}"
        )


def write_tables(folder: Path, findings: Findings) -> None:
    """Writes CSV and LaTeX, PDF and SVG, and a file with the captions. Older ones are removed.

    Raises:
        UsageError: The folder cannot be written.
    """
    contents: dict[str, bytes] = {}
    captions = []
    for table in tables(findings):
        contents[f"{table.name}.csv"] = as_csv(table).encode()
        contents[f"{table.name}.tex"] = as_latex(table).encode()
        captions.append(f"{table.name}.csv, {table.name}.tex: {table.caption}")
    for figure in figures(findings):
        for kind in ("pdf", "svg"):
            contents[f"{figure.name}.{kind}"] = saved(figure, kind)
        captions.append(f"{figure.name}.pdf, {figure.name}.svg: {figure.caption}")
    contents[CAPTIONS] = "".join(f"{line}\n" for line in captions).encode()
    with writing(folder, FLAG):
        for name in _earlier(folder) - set(contents):
            (folder / name).unlink(missing_ok=True)
        for name, content in contents.items():
            write_whole(folder / name, content)


def _earlier(folder: Path) -> set[str]:
    """The names of the files that an earlier export wrote."""
    captions = folder / CAPTIONS
    if not captions.is_file():
        return set()
    text = captions.read_text("utf-8", errors="replace")
    return {name for pair in CAPTION.findall(text) for name in pair}
