"""From prepared stems to results: both models, batch by batch."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from AST.checkpoint import load_checkpoint
from AST.datasets import Stem
from AST.errors import StemError
from AST.journal import StemResult
from AST.labels import ERROR, LabelMap
from AST.mel_patches import MelPatches
from AST.preparation import FailedStem, PreparedStem
from AST.results import Row
from AST.rules import decide
from AST.settings import AUTO, BF16, FP16, FP32, select_precision
from AST.speech import SpeechModel
from AST.tagger import Tagger

DTYPES = {FP32: torch.float32, BF16: torch.bfloat16, FP16: torch.float16}


@dataclass(frozen=True)
class Models:
    """Both models, loaded once per process."""

    tagger: Tagger
    speech: SpeechModel

    @classmethod
    def load(
        cls,
        ast_path: Path,
        speech_path: Path,
        device: torch.device,
        precision: str = AUTO,
        speech_backend: str = AUTO,
    ) -> "Models":
        dtype = DTYPES[select_precision(precision, device.type)]
        torch.backends.cudnn.allow_tf32 = dtype != torch.float32  # TF32 has fp16's digits
        speech = SpeechModel.load(speech_path, speech_backend, device, dtype)
        return cls(Tagger(load_checkpoint(ast_path), device, dtype), speech)


def load_on_each(
    devices: Sequence[torch.device],
    ast_path: Path,
    speech_path: Path,
    precision: str,
    speech_backend: str,
) -> list[Models]:
    """The same models on each device; Essentia, where it runs the speech model, has its own."""
    return [
        Models.load(ast_path, speech_path, device, precision, speech_backend) for device in devices
    ]


def analyse_batches(
    stems: Sequence[Stem],
    batches: Iterable[Sequence[PreparedStem | FailedStem]],
    models: Sequence[Models],
    proposed_label: LabelMap,
    first_batch: int = 0,
) -> Iterator[list[StemResult]]:
    """The results of each batch, in walk order.

    Args:
        models: The same on each of several devices, which then work at the same time.
        first_batch: Its number in the whole run, so that a batch meets the same device again.
    """
    jobs = _jobs(stems, batches)
    if len(models) == 1:  # in this thread, where Ctrl-C need not wait for a batch to end
        for batch, prepared in jobs:
            yield analyse_batch(batch, prepared, models[0], proposed_label)
        return
    threads = [ThreadPoolExecutor(1) for _ in models]
    waiting: deque[Future[list[StemResult]]] = deque()
    try:
        for number, job in enumerate(jobs, first_batch):
            turn = number % len(models)
            waiting.append(threads[turn].submit(analyse_batch, *job, models[turn], proposed_label))
            if len(waiting) > len(models):  # one more than there are devices, so that none waits
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        for thread in threads:
            thread.shutdown(wait=False, cancel_futures=True)


def _jobs(
    stems: Sequence[Stem], batches: Iterable[Sequence[PreparedStem | FailedStem]]
) -> Iterator[tuple[Sequence[Stem], Sequence[PreparedStem | FailedStem]]]:
    start = 0
    for prepared in batches:
        yield stems[start : start + len(prepared)], prepared
        start += len(prepared)


def analyse_batch(
    stems: Sequence[Stem],
    prepared: Sequence[PreparedStem | FailedStem],
    models: Models,
    proposed_label: LabelMap,
) -> list[StemResult]:
    """Both models on a batch of stems: every stem with sound gets AST's scores."""
    spectrograms = [
        ready.spectrogram
        for ready in prepared
        if isinstance(ready, PreparedStem) and ready.spectrogram is not None
    ]
    scores = iter(
        models.tagger.scores(torch.from_numpy(np.stack(spectrograms))) if spectrograms else ()
    )
    speech_scores = _speech_scores_percent(
        [ready.patches for ready in prepared if isinstance(ready, PreparedStem)], models.speech
    )
    results = []
    for stem, ready in zip(stems, prepared, strict=True):
        if isinstance(ready, FailedStem):
            results.append(_failed(stem, ready))
            continue
        own_scores = None if ready.spectrogram is None else next(scores)
        heard = next(speech_scores)
        if isinstance(heard, FailedStem):
            results.append(_failed(stem, heard))
            continue
        prediction, proposed = decide(own_scores, heard, proposed_label)
        row = Row(stem.label, stem.path_text, prediction, proposed)
        results.append(StemResult(row, own_scores, heard, ready.rms_dbfs, warning=ready.warning))
    return results


def _failed(stem: Stem, failed: FailedStem) -> StemResult:
    row = Row(stem.label, stem.path_text, ERROR, ERROR)
    return StemResult(row, failure=failed.reason)


def _speech_scores_percent(
    files: Sequence[Iterable[MelPatches]], model: SpeechModel
) -> Iterator[float | FailedStem]:
    """The files' scores; a long file is read once more for it, and may fail only now."""
    try:
        yield from model.scores_percent(files)
    except StemError:
        for file in files:
            try:
                [score] = model.scores_percent([file])
            except StemError as error:
                yield FailedStem(str(error))
            else:
                yield score
