"""The canvas of the pictures of one file: its size, its title, and how it is saved."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from AST.process.quiet import no_messages

if TYPE_CHECKING:
    from matplotlib.figure import Figure

PICTURE_SIZE_INCHES = (14, 6)
DOTS_PER_INCH = 110


def new_figure(title: str) -> "Figure":
    with no_messages():  # of matplotlib and fontconfig, which want to write below the home
        from matplotlib.figure import Figure

    figure = Figure(PICTURE_SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    figure.suptitle(title, fontsize=11, parse_math=False)  # file names may contain $
    return figure


def save(figure: "Figure", path: Path) -> None:
    """Writes the picture.

    Raises:
        OSError: It cannot be written.
    """
    with warnings.catch_warnings():  # letters that the font lacks are drawn as boxes
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(path)
