"""From prepared stems to results: both models, batch by batch."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice

import numpy as np
import numpy.typing as npt
import torch

from AST.audio.preparation import PreparedStem
from AST.datasets.stem import Stem
from AST.engines.stem_result import StemResult
from AST.engines.worker_process import FailedStem, Prepared
from AST.labels import ERROR, LabelMap
from AST.recognition.models import Models
from AST.results import Row
from AST.rules import Scores, decide
from AST.settings import MEAN, STUDY_WINDOW, Windows
from AST.window_scores import pooled


def analyse_batches(
    stems: Sequence[Stem],
    batches: Iterable[Sequence[Prepared]],
    models: Models,
    label_map: LabelMap,
    windows: Windows = STUDY_WINDOW,
    at_once: int | None = None,
) -> Iterator[list[StemResult]]:
    """The results of each batch, in walk order.

    Args:
        windows: Which parts of the stems were prepared.
        at_once: Number of windows that AST takes together; None: as many as the batch has stems.
    """
    left = iter(stems)
    for prepared in batches:
        batch = list(islice(left, len(prepared)))
        yield analyse_batch(batch, prepared, models, label_map, windows, at_once)


def analyse_batch(
    stems: Sequence[Stem],
    prepared: Sequence[Prepared],
    models: Models,
    label_map: LabelMap,
    windows: Windows = STUDY_WINDOW,
    at_once: int | None = None,
) -> list[StemResult]:
    """Takes a batch of stems through both models. Every stem with sound gets AST's scores."""
    ready = [one for one in prepared if isinstance(one, PreparedStem)]
    scores_of_stems = iter(_window_scores(ready, models, at_once or len(prepared)))
    speech_scores = iter(models.speech.scores_percent([one.mel_patches for one in ready]))
    outputs = models.config.outputs
    results = []
    for stem, one in zip(stems, prepared, strict=True):
        if isinstance(one, FailedStem):
            row = Row(stem.label, stem.path_text, ERROR, ERROR)
            results.append(StemResult(row, failure=one.reason))
            continue
        window_scores, speech_score = next(scores_of_stems), next(speech_scores)
        scores: Scores | None = None
        if len(window_scores):
            scores = pooled(window_scores, windows.pool or MEAN, speech_score, outputs)
        row = Row(
            stem.label, stem.path_text, *decide(scores, speech_score, label_map, outputs=outputs)
        )
        result = StemResult(
            row, scores, speech_score, one.rms_dbfs, one.duration_s, warning=one.warning
        )
        if scores is not None and not windows.are_the_studys:
            kept = window_scores.astype(np.float16)
            result = replace(result, window_start_s=one.start_s, window_scores=kept)
        results.append(result)
    return results


def _window_scores(
    stems: Sequence[PreparedStem], models: Models, at_once: int
) -> list[npt.NDArray[np.float32]]:
    """AST's scores of the windows of each stem, shape (windows, outputs).

    Only so many spectrograms are in memory, and on the device, at a time.
    """
    spectrograms = (
        stem.spectrograms.read(place, place + 1)[0]
        for stem in stems
        for place in range(len(stem.spectrograms))
    )
    scores: list[npt.NDArray[np.float32]] = [
        np.zeros((0, len(models.config.outputs.names)), np.float32)
    ]
    while some := list(islice(spectrograms, at_once)):
        scores.append(models.tagger.scores(torch.from_numpy(np.stack(some))))
    ends = np.cumsum([len(stem.spectrograms) for stem in stems])
    return np.split(np.concatenate(scores), ends[:-1])
