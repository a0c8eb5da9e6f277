"""Draws AST's input for one file, AST's attention, and the best instrument names."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from AST.explain.canvas import new_figure, save
from AST.explain.explanation import Explanation, Image
from AST.weights.checkpoint_config import FRAME_HOP_MS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOWEST_HZ, HIGHEST_HZ = 20, 8000
"""Range of the mel bands (Kaldi's defaults at 16 kHz)."""
FREQUENCY_TICKS_HZ = (100, 250, 500, 1000, 2000, 4000)
TINTED, OUTLINED = 1 / 4, 1 / 20
"""How much of the input is marked: the part that AST attends to most."""
COLOUR, TINT = "darkorange", 0.25
"""The tint is so weak that the spectrogram stays readable. (1 would hide it.)"""


def draw(path: Path, title: str, explanation: Explanation) -> None:
    """Writes the picture: AST's input, AST's attention, and the best instrument names.

    Raises:
        OSError: It cannot be written.
    """
    figure = new_figure(title)
    panels: dict[str, Axes] = figure.subplot_mosaic(
        [["input", "bands", "names"], ["time", ".", "names"]],
        width_ratios=[12, 1, 4],
        height_ratios=[5, 1],
    )
    _draw_spectrogram(panels["input"], explanation.spectrogram)
    _draw_attention(panels, explanation.attention)
    _draw_names(panels["names"], explanation.best)
    save(figure, path)


def _draw_spectrogram(axes: "Axes", spectrogram: Image) -> None:
    bands, frames = spectrogram.shape
    extent = (0, frames * FRAME_HOP_MS / 1000, 0, bands)
    axes.imshow(spectrogram, cmap="gray", aspect="auto", origin="lower", extent=extent)
    ticks = [bands * _height_of(hertz) for hertz in FREQUENCY_TICKS_HZ]
    axes.set_yticks(ticks, map(str, FREQUENCY_TICKS_HZ))
    axes.set_ylabel("Hz")
    axes.set_title(
        "AST's input: log-mel spectrogram; tinted the quarter, outlined the twentieth of it that "
        "AST attends to most",
        fontsize=10,
    )


def _draw_attention(panels: dict[str, "Axes"], attention: Image) -> None:
    """Marks the most attended parts of the spectrogram. Below and beside it are the means."""
    whole, over_time, over_bands = panels["input"], panels["time"], panels["bands"]
    band_count, frame_count = attention.shape
    seconds = np.linspace(0, frame_count * FRAME_HOP_MS / 1000, frame_count)
    bands = np.linspace(0, band_count, band_count)
    tinted, outlined = (attention > np.quantile(attention, 1 - x) for x in (TINTED, OUTLINED))
    if outlined.any():
        whole.contourf(seconds, bands, tinted, [0.5, 1], colors=COLOUR, alpha=TINT)
        whole.contour(seconds, bands, outlined, [0.5], colors=COLOUR, linewidths=2)
    over_time.fill_between(seconds, attention.mean(axis=0), color=COLOUR)
    over_time.set(xlabel="s", ylabel="attention", yticks=[], ylim=(0, None))
    over_time.sharex(whole)
    whole.tick_params(labelbottom=False)
    over_bands.fill_betweenx(bands, attention.mean(axis=1), color=COLOUR)
    over_bands.set(xlabel="attention", xticks=[], xlim=(0, None))
    over_bands.sharey(whole)
    over_bands.tick_params(labelleft=False)


def _draw_names(axes: "Axes", best: list[tuple[str, float]]) -> None:
    names, scores = zip(*reversed(best), strict=True)
    bars = axes.barh(range(len(best)), scores)
    axes.bar_label(bars, fmt="%.3f", padding=3)
    axes.set_yticks(range(len(best)), names)
    axes.set_xlim(0, max(scores) * 1.25)
    axes.set_title("best instrument names", fontsize=10)
    axes.set_xlabel("score")


def _height_of(frequency_hz: float) -> float:
    """The height of a frequency in the spectrogram, 0 to 1.

    >>> _height_of(20), _height_of(8000)
    (0.0, 1.0)
    """
    low, high, mel = (_mel(hertz) for hertz in (LOWEST_HZ, HIGHEST_HZ, frequency_hz))
    return (mel - low) / (high - low)


def _mel(frequency_hz: float) -> float:
    return 1127 * float(np.log1p(frequency_hz / 700))
