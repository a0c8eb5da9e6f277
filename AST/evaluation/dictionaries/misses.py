"""Wrong stems whose prediction the run's label dictionary leaves out."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from AST.dictionary import CORRECTED, Dictionary, dictionary_path, read_dictionary
from AST.evaluation.dictionaries.relabelling import relabelled
from AST.labels import OTHER, LabelMap
from AST.metrics import is_match, normalised
from AST.results import Row


@dataclass(frozen=True)
class DictionaryMiss:
    """How many wrong stems of a class have a prediction that the dictionary leaves out."""

    label: str
    prediction: str
    count: int


@dataclass(frozen=True)
class DictionaryMisses:
    """Wrong stems that the corrected dictionary maps to their class, and the run's to nothing.

    Attributes:
        count: Number of such stems.
        wrong: Number of all wrong stems.
        pairs: These stems by class and prediction, the most frequent pair first.
        corrected_matches: Number of right stems if the corrected dictionary takes the place of the
            run's. It can be lower than now, because it replaces the whole dictionary.
    """

    count: int
    wrong: int
    pairs: list[DictionaryMiss]
    corrected_matches: int


def dictionary_misses(rows: Sequence[Row], of_run: Dictionary | None) -> DictionaryMisses | None:
    """The dictionary's misses among the wrong stems; None if there are none.

    Args:
        of_run: The run's label dictionary. If it is not known, it maps to nothing what has the
            proposed label ``other``.
    """
    corrected = LabelMap(read_dictionary(dictionary_path(CORRECTED)))
    own = LabelMap(of_run) if of_run is not None else None
    wrong = [row for row in rows if not is_match(row)]
    missed = Counter(
        (normalised(row.label), normalised(row.prediction))
        for row in wrong
        if normalised(own(row.prediction) if own else row.proposed_label) == OTHER
        and normalised(corrected(row.prediction)) == normalised(row.label)
    )
    if not missed:
        return None
    ordered = sorted(missed.items(), key=lambda item: (-item[1], item[0]))
    return DictionaryMisses(
        count=missed.total(),
        wrong=len(wrong),
        pairs=[DictionaryMiss(*pair, count) for pair, count in ordered],
        corrected_matches=sum(map(is_match, relabelled(rows, None, corrected))),
    )
