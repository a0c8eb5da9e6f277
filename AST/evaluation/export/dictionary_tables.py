"""The tables of what part of the mistakes is the label dictionary's."""

from AST.evaluation.dictionaries.learned import LearnedDictionary
from AST.evaluation.dictionaries.misses import DictionaryMisses
from AST.evaluation.dictionaries.text import parts_text, sample_text
from AST.evaluation.export.table import Column, Table, ranged


def dictionary_tables(
    misses: DictionaryMisses | None, learned: LearnedDictionary | None
) -> list[Table]:
    """The dictionary's misses, and the learned dictionary beside the run's."""
    return [*([_misses(misses)] if misses else []), *([_learned(learned)] if learned else [])]


def _misses(misses: DictionaryMisses) -> Table:
    return Table(
        "dictionary_misses",
        f"{misses.count} of {misses.wrong} wrong stems have a prediction that the run's label "
        "dictionary maps to nothing, and the corrected one to their class.",
        [*map(Column, ("class", "prediction", "stems"))],
        [[one.label, one.prediction, one.count] for one in misses.pairs],
    )


def _learned(learned: LearnedDictionary) -> Table:
    return Table(
        "learned_dictionary",
        f"Accuracy of the run and of a dictionary learned from the scores, in percent, on "
        f"{sample_text(learned)}, with 95 % intervals by songs. {parts_text(learned)}",
        [Column("dictionary"), Column("accuracy", 2, is_ranged=True)],
        [
            ["the run's", ranged(learned.run_percent, learned.run_interval)],
            ["learned", ranged(learned.learned_percent, learned.learned_interval)],
            ["difference", ranged(learned.difference_percent, learned.difference_interval)],
        ],
    )
