"""Draws AST's scores over the time of a file, below its waveform."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from AST.explain.canvas import new_figure, save
from AST.explain.picture import COLOUR, TINT
from AST.explain.timeline import Timeline

if TYPE_CHECKING:
    from matplotlib.axes import Axes

COLOURS = "Blues"
SILENCE = "0.85"
"""The grey of what no window hears."""
WAVEFORM = "0.35"
HALF_ROW = 0.5
LINE_OF_BEST = 0.38
"""How far below the middle of its row the line of the best name is."""


def draw_timeline(path: Path, title: str, timeline: Timeline) -> None:
    """Writes the picture: the waveform, the scores of each window, and those of the file.

    Raises:
        OSError: It cannot be written.
    """
    figure = new_figure(title)
    panels: dict[str, Axes] = figure.subplot_mosaic(
        [["wave", "."], ["scores", "file"]], width_ratios=[12, 3], height_ratios=[1, 4]
    )
    _draw_waveform(panels["wave"], timeline)
    _draw_scores(panels["scores"], timeline)
    _draw_file(panels["file"], timeline)
    panels["wave"].sharex(panels["scores"])
    panels["wave"].tick_params(labelbottom=False)
    panels["scores"].set_xlim(0, timeline.duration_s)
    save(figure, path)


def _draw_waveform(axes: "Axes", timeline: Timeline) -> None:
    low, high = timeline.outline.T
    seconds = np.linspace(0, timeline.duration_s, len(low))
    axes.fill_between(seconds, low, high, color=WAVEFORM, linewidth=0.5)
    for start, end in timeline.study_places_s:
        axes.axvspan(start, end, color=COLOUR, alpha=TINT, linewidth=0)
    axes.set(yticks=[], ylabel="waveform")
    axes.set_title(
        "tinted: what the study's AST hears; grey: silence, which no window hears; orange lines: "
        "the best name of each window",
        fontsize=10,
    )


def _draw_scores(axes: "Axes", timeline: Timeline) -> None:
    """A row of cells for each name. A cell is as wide as the part that its window is nearest to."""
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    shades = ScalarMappable(Normalize(0, max(float(timeline.scores.max()), 1e-3)), COLOURS)
    cells = [(start, end - start) for one in timeline.windows for start, end in one.places_s]
    windows = np.repeat(
        np.arange(len(timeline.windows)), [len(one.places_s) for one in timeline.windows]
    )
    axes.set_facecolor(SILENCE)
    for row in range(len(timeline.names)):
        colours = shades.to_rgba(timeline.scores[windows, row])
        height = (row - HALF_ROW, 2 * HALF_ROW)
        axes.broken_barh(cells, height, facecolors=colours, linewidth=0, antialiased=False)
    _mark_best(axes, timeline)
    for place in (timeline.study_places_s[0][0], timeline.study_places_s[-1][1]):
        axes.axvline(place, color=COLOUR, linestyle="--")
    axes.set_yticks(range(len(timeline.names)), timeline.names)
    axes.set_ylim(len(timeline.names) - HALF_ROW, -HALF_ROW)
    axes.set_xlabel("seconds of the file")
    figure = axes.get_figure(root=True)
    if figure is not None:
        figure.colorbar(
            shades, ax=axes, location="bottom", label="score of the window", aspect=60, pad=0.02
        )


def _mark_best(axes: "Axes", timeline: Timeline) -> None:
    """A line at the bottom of the cells of each window's best name, if that has a row."""
    for row, name in enumerate(timeline.names):
        places = [place for one in timeline.windows if one.name == name for place in one.places_s]
        if places:
            starts, ends = zip(*places, strict=True)
            axes.hlines([row + LINE_OF_BEST] * len(places), starts, ends, color=COLOUR, linewidth=3)


def _draw_file(axes: "Axes", timeline: Timeline) -> None:
    bars = axes.barh(range(len(timeline.names)), timeline.pooled)
    axes.bar_label(bars, fmt="%.3f", padding=3)
    axes.set_ylim(len(timeline.names) - HALF_ROW, -HALF_ROW)
    axes.set_yticks([])
    axes.set_xlim(0, max(float(timeline.pooled.max()), 1e-3) * 1.3)
    axes.set_xlabel(f"score of the file ({timeline.pool})")
