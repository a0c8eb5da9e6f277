"""From prepared stems to results: both models, batch by batch."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice

import numpy as np
import torch

from AST.audio.preparation import PreparedStem
from AST.datasets.stem import Stem
from AST.labels import ERROR, LabelMap
from AST.recognition.models import Models
from AST.results import Row
from AST.rules import decide
from AST.run.stem_result import StemResult
from AST.run.worker_process import FailedStem, Prepared


def analyse_batches(
    stems: Sequence[Stem],
    batches: Iterable[Sequence[Prepared]],
    models: Sequence[Models],
    label_map: LabelMap,
    first_batch: int = 0,
) -> Iterator[list[StemResult]]:
    """The results of each batch, in walk order.

    Args:
        models: The same on each of several devices, which then work at the same time.
        first_batch: Its number in the whole run, so that a batch always meets the same device.
    """
    left = iter(stems)
    jobs = ((list(islice(left, len(prepared))), prepared) for prepared in batches)
    if len(models) == 1:  # in this thread, so that Ctrl-C does not wait for the end of a batch
        for batch, prepared in jobs:
            yield analyse_batch(batch, prepared, models[0], label_map)
        return
    threads = [ThreadPoolExecutor(1) for _ in models]
    waiting: deque[Future[list[StemResult]]] = deque()
    try:
        for number, job in enumerate(jobs, first_batch):
            turn = number % len(models)
            waiting.append(threads[turn].submit(analyse_batch, *job, models[turn], label_map))
            if len(waiting) > len(models):  # one more than there are devices, so that none waits
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for thread in threads:
            thread.shutdown(wait=False, cancel_futures=True)


def analyse_batch(
    stems: Sequence[Stem], prepared: Sequence[Prepared], models: Models, label_map: LabelMap
) -> list[StemResult]:
    """Takes a batch of stems through both models. Every stem with sound gets AST's scores."""
    ready = [one for one in prepared if isinstance(one, PreparedStem)]
    spectrograms = [one.spectrogram for one in ready if one.spectrogram is not None]
    scores = iter(
        models.tagger.scores(torch.from_numpy(np.stack(spectrograms))) if spectrograms else ()
    )
    speech_scores = iter(models.speech.scores_percent([one.mel_patches for one in ready]))
    results = []
    for stem, one in zip(stems, prepared, strict=True):
        if isinstance(one, FailedStem):
            row = Row(stem.label, stem.path_text, ERROR, ERROR)
            results.append(StemResult(row, failure=one.reason))
            continue
        stem_scores = None if one.spectrogram is None else next(scores)
        speech_score = next(speech_scores)
        labels = decide(stem_scores, speech_score, label_map, outputs=models.config.outputs)
        row = Row(stem.label, stem.path_text, *labels)
        results.append(
            StemResult(
                row, stem_scores, speech_score, one.rms_dbfs, one.duration_s, warning=one.warning
            )
        )
    return results
