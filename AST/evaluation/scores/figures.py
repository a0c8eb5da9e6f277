"""All figures from a run's scores: ranks, calibration, thresholds and other rules."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from AST.evaluation.accuracy.groups import quartiles
from AST.evaluation.files.score_file import StemScores
from AST.evaluation.scores import calibration
from AST.evaluation.scores.calibration import Bin, Shown
from AST.evaluation.scores.instrument_scores import instrument_scores
from AST.evaluation.scores.ranking import ClassRanking, class_rankings, mean_of, top_classes
from AST.evaluation.scores.rule_effects import RULES, RuleEffect, decided_otherwise, rule_effect
from AST.evaluation.scores.thresholds import Threshold, risk_coverage_area, thresholds
from AST.labels import LabelMap
from AST.metrics import is_match, normalised
from AST.results import Row

TOP_COUNTS = (1, 2, 3, 5, 10)
THRESHOLDS = tuple(step / 20 for step in range(20))  # 0 to 0.95, for the coverage


@dataclass(frozen=True)
class ScoreFigures:
    """All figures from a run's scores.

    Attributes:
        decided_otherwise: Rows whose labels do not follow from the scores and the current rules.
        top: For some k, the share of stems with the right class among AST's k best instrument
            names, without the speech rule. 0 to 1.
        score_quartiles_of_right: Lower quartile, median and upper quartile of AST's scores of
            right predictions; None for fewer than 5.
        score_quartiles_of_wrong: Of wrong predictions.
        shown, bins, risk_coverage_area, thresholds: Of AST's own predictions. A stem that the
            speech model decided, or that has no scores, is never shown.
        expected_calibration_error: From 0 to 1; None if no prediction has a score.
        expected_error_if_calibrated: What this error would be by chance alone.
        speech_decisions: Number of stems that the speech model decided.
        ranking: By class, from the highest score of its names.
        mean_average_precision, mean_roc_auc: Means over these classes.
        risk_coverage_area: Mean share of wrong predictions if those with low scores are left out.
        top_classes: For some k, the share of stems, 0 to 1, whose class is among the k classes
            with the highest scores.
        thresholds: From which score on predictions have a wanted precision; empty for one song.
    """

    decided_otherwise: int
    top: dict[int, float]
    score_quartiles_of_right: list[float] | None
    score_quartiles_of_wrong: list[float] | None
    shown: list[Shown]
    bins: list[Bin]
    expected_calibration_error: float | None
    expected_error_if_calibrated: float | None
    speech_decisions: int
    ranking: list[ClassRanking]
    mean_average_precision: float | None
    mean_roc_auc: float | None
    risk_coverage_area: float | None
    top_classes: dict[int, float]
    thresholds: list[Threshold]
    rules: list[RuleEffect]


def score_figures(
    rows: Sequence[Row], scores: StemScores, label_map: LabelMap, songs: Sequence[str]
) -> ScoreFigures:
    """The figures of a run, from its rows, its scores, its label dictionary and its songs."""
    by_speech_model = calibration.decided_by_speech_model(rows)
    confidence = calibration.confidences(rows, scores)
    confidence[by_speech_model] = np.nan  # its scores are not AST's, and say something else
    ranking = class_rankings(rows, scores, label_map)
    right = np.array([is_match(row) for row in rows])
    bins = calibration.reliability(confidence, right)
    ranks = ranks_of_right_class(rows, scores, label_map)
    return ScoreFigures(
        decided_otherwise=len(decided_otherwise(rows, scores, label_map)),
        top={k: float((ranks <= k).mean()) for k in TOP_COUNTS},
        score_quartiles_of_right=quartiles(confidence[right]),
        score_quartiles_of_wrong=quartiles(confidence[~right]),
        shown=[calibration.shown_from(confidence, right, limit) for limit in THRESHOLDS],
        bins=bins,
        expected_calibration_error=calibration.expected_calibration_error(bins),
        expected_error_if_calibrated=calibration.expected_error_if_calibrated(confidence),
        speech_decisions=int(by_speech_model.sum()),
        ranking=ranking,
        mean_average_precision=mean_of([one.average_precision for one in ranking]),
        mean_roc_auc=mean_of([one.roc_auc for one in ranking]),
        risk_coverage_area=risk_coverage_area(confidence, right),
        top_classes=top_classes(rows, scores, label_map),
        thresholds=thresholds(confidence, right, songs),
        rules=[rule_effect(name, rule, rows, scores, label_map) for name, rule in RULES.items()],
    )


def ranks_of_right_class(
    rows: Sequence[Row], scores: StemScores, label_map: LabelMap
) -> npt.NDArray[np.float64]:
    """The rank of the first instrument name that maps to the stem's class. The best rank is 1.

    Shape: (n,); infinite if no name maps to the class, or if the stem has no scores.
    """
    found = instrument_scores(scores)
    names_of_class: dict[str, list[int]] = {}
    for index, name in enumerate(scores.outputs.candidate_names):
        names_of_class.setdefault(normalised(label_map(name)), []).append(index)
    labels = np.array([normalised(row.label) for row in rows])
    ranks = np.full(len(rows), np.inf)
    for label, names in names_of_class.items():
        stems = np.flatnonzero(labels == label)
        of_stems = found[stems]
        best = np.array(names)[of_stems[:, names].argmax(axis=1)]
        score = of_stems[np.arange(len(stems)), best][:, None]
        earlier = np.arange(found.shape[1]) < best[:, None]
        better = (of_stems > score) | ((of_stems == score) & earlier)
        ranks[stems] = np.where(score[:, 0] >= 0, 1 + better.sum(axis=1), np.inf)
    return ranks
