"""Cells that a spreadsheet would run as a formula: written as plain text, read back as they were.

An apostrophe goes before such a cell. A cell that already looks like that gets one more, so that
each cell is written in its own way and reading is exact.
"""

import re

FORMULA = re.compile(r"'*[=+\-@\t\r\n]")
"""How a cell starts that a spreadsheet may run, and one that is written as text already.

Source: OWASP, CSV Injection.
"""


def as_text(cell: str) -> str:
    """The cell as it is written.

    >>> as_text("=1+1.wav"), as_text("'=1+1.wav"), as_text("bass - 1.wav")
    ("'=1+1.wav", "''=1+1.wav", 'bass - 1.wav')
    """
    return f"'{cell}" if FORMULA.match(cell) else cell


def as_it_was(cell: str) -> str:
    """The cell before ``as_text``. A formula that somebody else wrote stays as it is.

    >>> as_it_was("'=1+1.wav"), as_it_was("'n' roll.wav"), as_it_was("=1+1.wav")
    ('=1+1.wav', "'n' roll.wav", '=1+1.wav')
    """
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell
