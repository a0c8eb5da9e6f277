"""A picture of what AST heard in one clip, attended to, and named."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from AST.audio.spectrogram import FRAME_COUNT, FRAME_HOP_MS, MEL_BAND_COUNT
from AST.explain.explanation import Explanation, Image

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOWEST_HZ, HIGHEST_HZ = 20, 8000
"""Range of the mel bands (Kaldi's defaults at 16 kHz)."""
FREQUENCY_TICKS_HZ = (100, 250, 500, 1000, 2000, 4000)
PICTURE_SIZE_INCHES = (14, 6)
DOTS_PER_INCH = 110


def draw(path: Path, title: str, explanation: Explanation) -> None:
    """Writes the picture: what AST heard, what it attended to, and its best labels.

    Raises:
        OSError: It cannot be written.
    """
    from matplotlib.figure import Figure

    figure = Figure(PICTURE_SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    figure.suptitle(title, fontsize=11, parse_math=False)  # file names may hold $
    places: dict[str, Axes] = figure.subplot_mosaic(
        [["heard", "labels"], ["attention", "labels"]], width_ratios=[3, 1]
    )
    attention, labels = places["attention"], places["labels"]
    _draw_spectrogram(
        places["heard"], explanation.spectrogram, "gray", "log-mel spectrogram that AST heard"
    )
    _draw_spectrogram(
        attention, explanation.spectrogram, "gray", "attention rollout over it: brighter = more"
    )
    shades = attention.imshow(
        explanation.attended,
        cmap="inferno",
        alpha=0.65,
        aspect="auto",
        origin="lower",
        extent=_extent(),
    )
    figure.colorbar(shades, ax=attention, label="share of attention")
    names = [name for name, _ in reversed(explanation.best)]
    scores = [score for _, score in reversed(explanation.best)]
    bars = labels.barh(range(len(explanation.best)), scores)
    labels.bar_label(bars, fmt="%.3f", padding=3)
    labels.set_yticks(range(len(explanation.best)), names)
    labels.set_xlim(0, max(scores) * 1.25)
    labels.set_title("best instrument labels", fontsize=10)
    labels.set_xlabel("score")
    with warnings.catch_warnings():  # a name in letters that the font lacks is drawn as boxes
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(path)


def _draw_spectrogram(axes: "Axes", spectrogram: Image, colours: str, title: str) -> None:
    axes.imshow(spectrogram, cmap=colours, aspect="auto", origin="lower", extent=_extent())
    axes.set_yticks([_band_of(hertz) for hertz in FREQUENCY_TICKS_HZ], map(str, FREQUENCY_TICKS_HZ))
    axes.set_ylabel("Hz")
    axes.set_xlabel("s")
    axes.set_title(title, fontsize=10)


def _extent() -> tuple[float, float, float, float]:
    return (0, FRAME_COUNT * FRAME_HOP_MS / 1000, 0, MEL_BAND_COUNT)


def _band_of(frequency_hz: float) -> float:
    """Place of a frequency among the mel bands.

    >>> round(_band_of(20)), round(_band_of(8000))
    (0, 128)
    """
    low, high, wanted = (_mel(hertz) for hertz in (LOWEST_HZ, HIGHEST_HZ, frequency_hz))
    return MEL_BAND_COUNT * (wanted - low) / (high - low)


def _mel(frequency_hz: float) -> float:
    return 1127 * float(np.log1p(frequency_hz / 700))
