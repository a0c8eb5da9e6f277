"""What part of the mistakes is the dictionary's, as text."""

from AST.evaluation.dictionaries.learned import LearnedDictionary
from AST.evaluation.dictionaries.misses import DictionaryMisses
from AST.evaluation.layout import defined, range_of, table, wrapped
from AST.evaluation.statistics.uncertainty import Interval

PAIRS_SHOWN = 10


def misses_text(misses: DictionaryMisses) -> list[str]:
    """Wrong stems whose prediction the dictionary leaves out."""
    lines = [f"  {one.label} -> {one.prediction} {one.count}" for one in misses.pairs[:PAIRS_SHOWN]]
    more = len(misses.pairs) - len(lines)
    return [
        f"Of the {misses.wrong} wrong stems, {misses.count} are misses of the dictionary:",
        *lines,
        *([f"  and {more} more pairs"] if more else []),
        *defined({"dictionary_misses": "Dictionary's"}),
        *wrapped(
            f"relabel.py FILE --labels corrected applies the corrected one to all stems: then "
            f"{misses.corrected_matches} are right."
        ),
    ]


def learned_text(learned: LearnedDictionary) -> list[str]:
    """The learned dictionary beside the run's own."""
    return [
        *wrapped(f"A dictionary learned from the scores, on {sample_text(learned)}:"),
        *table(
            [
                ["dictionary", "accuracy", "95 %"],
                ["the run's", f"{learned.run_percent:.2f} %", _range(learned.run_interval)],
                ["learned", f"{learned.learned_percent:.2f} %", _range(learned.learned_interval)],
                ["difference", f"{learned.difference_percent:+.2f}  ",
                 _range(learned.difference_interval, "+")],
            ]
        ),
        *wrapped(parts_text(learned)),
        *defined({"learned_dictionary": "Learned"}),
    ]  # fmt: skip


def sample_text(learned: LearnedDictionary) -> str:
    """Which stems it is about."""
    text = f"{learned.stems} stems with scores of {learned.songs} songs"
    if learned.songs == learned.songs_with_scores:
        return text
    return f"{text}, taken evenly from {learned.songs_with_scores} songs to bound the time"


def parts_text(learned: LearnedDictionary) -> str:
    """What part of the mistakes is the dictionary's, and what part the model's."""
    if learned.difference_percent <= 0:
        return (
            "The learned one is not better than the run's, so it says nothing about the mistakes."
        )
    wrong = learned.only_learned_right + learned.both_wrong
    return (
        f"Of the run's {wrong} wrong stems, the learned one gets {learned.only_learned_right} "
        f"right: the part of the dictionary and the rules, at most. Both get {learned.both_wrong} "
        f"wrong: the part of the model. Only the learned one gets {learned.only_run_right} wrong."
    )


def _range(interval: Interval | None, sign: str = "") -> str:
    return range_of(interval, sign) if interval else "-"
