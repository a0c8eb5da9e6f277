"""Writes a comparison of runs as text for the console."""

from collections.abc import Iterable

from AST.evaluation.layout import defined, percent, probability, range_of, table, wrapped
from AST.evaluation.several_runs.figures import Disagreement, SeveralRuns
from AST.evaluation.several_runs.pairs import Pair
from AST.evaluation.statistics.pair_tests import OddsRatio
from AST.evaluation.statistics.uncertainty import Interval

STEMS_SHOWN = 20
NAMES_SHOWN = 5
"""In the text. The JSON file has all."""
MEANINGS = {"sign_flip_p": "p", "holm_p": "Holm", "mcnemar_p": "McNemar", "odds_ratio": "odds"}
"""What the columns of the pairs are called."""


def describe_runs(several: SeveralRuns) -> list[str]:
    """The runs, what differs between them, each pair, and the stems where they disagree."""
    return [
        *_runs(several),
        *_facts(several),
        *_pairs(several.pairs),
        *_sameness(several.pairs),
        *_disagreements(several),
    ]


def _runs(several: SeveralRuns) -> list[str]:
    rows = [
        [
            run.name,
            f"{run.accuracy_percent:.2f} %",
            f"{run.matches}/{run.total}",
            _interval(run.interval),
            f"{run.total} of {run.total + run.left_out}",
        ]
        for run in several.runs
    ]
    count = len(several.runs)
    return [
        f"Compared on the {several.stems} stems ({several.songs} songs) that "
        f"{'both' if count == 2 else f'all {count}'} runs have:",
        *table([["run", "accuracy", "right", "95 % interval", "in common"], *rows]),
    ]


def _facts(several: SeveralRuns) -> list[str]:
    names = [run.name for run in several.runs]
    facts = [f"{fact.name}: {_by_run(fact.values, names)}" for fact in several.facts]
    if changed := [fact.name for fact in several.dictionary]:
        more = len(changed) - NAMES_SHOWN
        listed = ", ".join(changed[:NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")
        facts.append(f"names with another class in the label dictionary: {listed}")
    if several.without_record:
        facts.append(f"not known, for want of a record: {', '.join(several.without_record)}")
    lines = [line for fact in facts for line in wrapped(f"- {fact}")]
    return ["What differs between them:", *(lines or ["- nothing that their records hold"])]


def _pairs(pairs: list[Pair]) -> list[str]:
    heads = ["points", "95 % interval", "p", "Holm", "McNemar", "only", "odds", "changed"]
    lines = [
        "Differences in percentage points, with 95 % intervals over songs:",
        *table([["", *heads], *map(_pair, pairs)]),
        *wrapped(
            "only: stems that are right only in the first run : only in the second run. "
            "changed: stems with another proposed label."
        ),
        *defined(MEANINGS),
    ]
    if any(pair.odds_ratio.is_corrected for pair in pairs):
        lines.append("*: half a stem is added.")
    for pair in pairs:
        for name, other, by_class in (
            (pair.first, pair.second, pair.only_first),
            (pair.second, pair.first, pair.only_second),
        ):
            if by_class:
                lines += wrapped(f"Right only in {name}, not in {other}: {_counts(by_class)}")
    return lines


def _pair(pair: Pair) -> list[str]:
    p_values = (pair.sign_flip_p, pair.holm_p, pair.mcnemar_p)
    return [
        f"{pair.first} - {pair.second}",
        f"{pair.difference_percent:+.2f}",
        _interval(pair.interval, "+"),
        *(probability(p).removeprefix("= ") for p in p_values),
        f"{sum(pair.only_first.values())} : {sum(pair.only_second.values())}",
        _odds(pair.odds_ratio),
        str(pair.disagreements),
    ]


def _sameness(pairs: list[Pair]) -> list[str]:
    """How far the runs say the same, stem by stem."""
    rows = [
        [
            f"{pair.first} - {pair.second}",
            _part(pair.same_prediction, pair.stems),
            _part(pair.stems - pair.disagreements, pair.stems),
            str(pair.only_prediction_differs),
        ]
        for pair in pairs
    ]
    return [
        f"Stems for which both runs say the same, of {pairs[0].stems}:",
        *table([["", "prediction", "proposed label", "only prediction differs"], *rows]),
    ]


def _part(count: int, total: int) -> str:
    return f"{count} ({percent(count / total)})"


def _disagreements(several: SeveralRuns) -> list[str]:
    if not several.disagreements:
        return ["All runs propose the same labels."]
    names = [run.name for run in several.runs]
    count = len(several.disagreements)
    shown = several.disagreements[:STEMS_SHOWN]
    lines = [line for one in shown for line in _stem(one, names)]
    if count > STEMS_SHOWN:
        lines.append(f"  and {count - STEMS_SHOWN} more; --json writes all")
    return [f"Stems whose proposed label is not the same in all runs: {count}", *lines]


def _stem(one: Disagreement, names: list[str]) -> list[str]:
    answers = [f"{answer.proposed_label} ({answer.prediction})" for answer in one.answers]
    return [f"  {one.path}", f"    class {one.label}: {_by_run(answers, names)}"]


def _by_run(values: Iterable[str], names: list[str]) -> str:
    """Each value with the runs that have it.

    >>> _by_run(["fp32", "bf16", "fp32"], ["a", "b", "c"])
    'fp32 in a, c; bf16 in b'
    """
    runs_of_value: dict[str, list[str]] = {}
    for value, name in zip(values, names, strict=True):
        runs_of_value.setdefault(value, []).append(name)
    return "; ".join(f"{value} in {', '.join(runs)}" for value, runs in runs_of_value.items())


def _counts(by_class: dict[str, int]) -> str:
    listed = ", ".join(f"{label} {count}" for label, count in by_class.items())
    return f"{sum(by_class.values())} ({listed})"


def _interval(interval: Interval | None, sign: str = "") -> str:
    return range_of(interval, sign) if interval else "-"


def _odds(ratio: OddsRatio) -> str:
    """As text; a star marks the correction."""
    return "-" if ratio.value is None else f"{ratio.value:.2f}{'*' * ratio.is_corrected}"
