"""How often the intervals hold the true figure: ``python -m bench.coverage``.

Songs are drawn from a population whose accuracy is known. An interval of 95 % should hold it in 95
of 100 draws. Stems of one song are alike by the intra-class correlation.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from AST.command_line import whole_number
from AST.evaluation.statistics.song_bootstrap import Array, percentile_interval, resampled_totals
from AST.evaluation.statistics.uncertainty import Interval, difference_interval, share_interval
from bench.tables import STATISTICS, measure_and_show, new_parser, table

SONG_COUNTS = (4, 5, 10, 30, 100)
CORRELATIONS = (0.02, 0.065, 0.2)
ACCURACIES = (0.75, 0.9, 0.97)
GAINED_AND_LOST = ((0.06, 0.03), (0.2, 0.1), (0.02, 0.02))
STEMS_OF_A_SONG = (3, 18)
"""The smallest number, and one more than the largest: about as in MoisesDB."""
RESAMPLES = 1000
"""Fewer than in the suite, for speed."""

Counts = npt.NDArray[np.int64]
Way = Callable[[Counts, Counts], Interval | None]
"""From each song's right stems and all its stems to an interval."""


def drawn_counts(
    shares: Sequence[float], correlation: float, songs: int, generator: np.random.Generator
) -> Counts:
    """The number of stems of each song with each outcome, shape (songs, outcomes).

    The shares of one song come from a Dirichlet distribution around the population's shares.
    """
    spread = (1 - correlation) / correlation
    shares_of_songs = generator.dirichlet(spread * np.array(shares), songs)
    sizes = generator.integers(*STEMS_OF_A_SONG, songs)
    return generator.multinomial(sizes, shares_of_songs)


def way_of_the_suite(right: Counts, totals: Counts) -> Interval | None:
    """Wilson's interval with the design effect."""
    found = share_interval(right.astype(float), totals.astype(float))
    return found.interval if found else None


def bootstrap_alone(right: Counts, totals: Counts) -> Interval | None:
    """Percentiles of the accuracies of songs that are drawn with replacement."""
    drawn: Array = resampled_totals(np.stack([right, totals], axis=1), RESAMPLES)
    found = percentile_interval(drawn[:, 0] / drawn[:, 1])
    return Interval(100 * found[0], 100 * found[1]) if found else None


def accuracy_coverage(
    way: Way, accuracy: float, correlation: float, songs: int, simulations: int
) -> float:
    """The share of simulations, 0 to 1, in which the interval holds the true accuracy."""
    generator = np.random.default_rng(songs)
    held = 0
    for _ in range(simulations):
        counts = drawn_counts([accuracy, 1 - accuracy], correlation, songs, generator)
        held += holds(way(counts[:, 0], counts.sum(axis=1)), accuracy)
    return held / simulations


def difference_coverage(
    gained: float, lost: float, correlation: float, songs: int, simulations: int
) -> float:
    """The share of simulations, 0 to 1, in which the interval holds the true difference."""
    generator = np.random.default_rng(songs)
    held = 0
    for _ in range(simulations):
        shares = [gained, lost, 1 - gained - lost]
        counts = drawn_counts(shares, correlation, songs, generator)
        song_of_stem = np.repeat(np.arange(songs), counts.sum(axis=1)).tolist()
        differences = np.repeat(np.tile([1.0, -1.0, 0.0], songs), counts.ravel()).tolist()
        held += holds(difference_interval(song_of_stem, differences), gained - lost)
    return held / simulations


def holds(interval: Interval | None, share: float) -> bool:
    """Whether a share, 0 to 1, is in the interval. No interval, or one of zero width, does not."""
    return interval is not None and interval.low_percent <= 100 * share <= interval.high_percent


def measure(arguments: argparse.Namespace, _: Path) -> dict[str, dict[str, dict[str, float]]]:
    """The coverage in percent, by way, by population and by number of songs."""
    simulations = arguments.simulations
    found: dict[str, dict[str, dict[str, float]]] = {"suite": {}, "bootstrap": {}, "difference": {}}
    for correlation in CORRELATIONS:
        for accuracy in ACCURACIES:
            name = f"{100 * accuracy:g} %, {correlation:g}"
            for key, way in (("suite", way_of_the_suite), ("bootstrap", bootstrap_alone)):
                found[key][name] = {
                    str(songs): 100
                    * accuracy_coverage(way, accuracy, correlation, songs, simulations)
                    for songs in SONG_COUNTS
                }
            print(name, found["suite"][name], file=sys.stderr)
        for gained, lost in GAINED_AND_LOST:
            name = f"{100 * gained:g} % and {100 * lost:g} %, {correlation:g}"
            found["difference"][name] = {
                str(songs): 100 * difference_coverage(gained, lost, correlation, songs, simulations)
                for songs in SONG_COUNTS
            }
            print(name, found["difference"][name], file=sys.stderr)
    return found


def tables(arguments: argparse.Namespace, found: dict[str, dict[str, dict[str, float]]]) -> str:
    """The coverage as Markdown."""
    columns = {f"{songs} songs": str(songs) for songs in SONG_COUNTS}
    population = "accuracy, intra-class correlation"
    change = "right only in one and only in the other run, intra-class correlation"
    return "\n\n".join(
        [
            f"Share of {arguments.simulations} simulations, in percent, in which the interval held "
            "the true figure. The interval of an accuracy:",
            table(population, columns, found["suite"]),
            "The percentile bootstrap alone, for comparison:",
            table(population, columns, found["bootstrap"]),
            "The interval of a difference between two runs:",
            table(change, columns, found["difference"]),
        ]
    )


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser(
        "coverage", "Simulates how often the intervals hold the true figure.", STATISTICS
    )
    parser.add_argument("--simulations", type=whole_number(1), default=1000, metavar="N")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    return measure_and_show("coverage", build_parser().parse_args(argv), measure, tables)


if __name__ == "__main__":
    sys.exit(main())
