"""Draws AST's input for one file, AST's attention, and the best instrument names."""

import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from AST.audio.spectrogram import FRAME_COUNT, FRAME_HOP_MS, MEL_BAND_COUNT
from AST.explain.explanation import Explanation, Image
from AST.quiet import no_messages

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOWEST_HZ, HIGHEST_HZ = 20, 8000
"""Range of the mel bands (Kaldi's defaults at 16 kHz)."""
FREQUENCY_TICKS_HZ = (100, 250, 500, 1000, 2000, 4000)
EXTENT = (0, FRAME_COUNT * FRAME_HOP_MS / 1000, 0, MEL_BAND_COUNT)
IMAGE: dict[str, Any] = {"aspect": "auto", "origin": "lower", "extent": EXTENT}
PICTURE_SIZE_INCHES = (14, 6)
DOTS_PER_INCH = 110


def draw(path: Path, title: str, explanation: Explanation) -> None:
    """Writes the picture: AST's input, AST's attention, and the best instrument names.

    Raises:
        OSError: It cannot be written.
    """
    with no_messages():  # of matplotlib and fontconfig, which want to write below the home
        from matplotlib.figure import Figure

    figure = Figure(PICTURE_SIZE_INCHES, dpi=DOTS_PER_INCH, layout="constrained")
    figure.suptitle(title, fontsize=11, parse_math=False)  # file names may contain $
    panels: dict[str, Axes] = figure.subplot_mosaic(
        [["input", "names"], ["attention", "names"]], width_ratios=[3, 1]
    )
    attention = panels["attention"]
    _draw_spectrogram(panels["input"], explanation.spectrogram, "AST's input: log-mel spectrogram")
    _draw_spectrogram(
        attention, explanation.spectrogram, "AST's input and attention rollout: brighter = more"
    )
    shades = attention.imshow(explanation.attention, cmap="inferno", alpha=0.65, **IMAGE)
    figure.colorbar(shades, ax=attention, label="share of attention")
    _draw_names(panels["names"], explanation.best)
    with warnings.catch_warnings():  # letters that the font lacks are drawn as boxes
        warnings.filterwarnings("ignore", "Glyph .* missing")
        figure.savefig(path)


def _draw_names(axes: "Axes", best: list[tuple[str, float]]) -> None:
    names, scores = zip(*reversed(best), strict=True)
    bars = axes.barh(range(len(best)), scores)
    axes.bar_label(bars, fmt="%.3f", padding=3)
    axes.set_yticks(range(len(best)), names)
    axes.set_xlim(0, max(scores) * 1.25)
    axes.set_title("best instrument names", fontsize=10)
    axes.set_xlabel("score")


def _draw_spectrogram(axes: "Axes", spectrogram: Image, title: str) -> None:
    axes.imshow(spectrogram, cmap="gray", **IMAGE)
    axes.set_yticks([_band_of(hertz) for hertz in FREQUENCY_TICKS_HZ], map(str, FREQUENCY_TICKS_HZ))
    axes.set_ylabel("Hz")
    axes.set_xlabel("s")
    axes.set_title(title, fontsize=10)


def _band_of(frequency_hz: float) -> float:
    """The mel band of a frequency, as a fraction (0 to 128).

    >>> round(_band_of(20)), round(_band_of(8000))
    (0, 128)
    """
    low, high, mel = (_mel(hertz) for hertz in (LOWEST_HZ, HIGHEST_HZ, frequency_hz))
    return MEL_BAND_COUNT * (mel - low) / (high - low)


def _mel(frequency_hz: float) -> float:
    return 1127 * float(np.log1p(frequency_hz / 700))
