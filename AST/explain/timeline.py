"""Explains one file over time: AST's scores in each of its windows."""

import itertools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt_ranges, sound_ranges
from AST.audio.mel_patches import mel_patches_of
from AST.audio.recording import Recording
from AST.audio.spectrogram import spectrogram
from AST.audio.windows import windows_of
from AST.errors import StemError
from AST.explain.explanation import BEST_COUNT, NO_SOUND, input_places_s, verdict
from AST.explain.places import Places, nearest_places_s, outline
from AST.labels import LabelMap
from AST.recognition.models import Models
from AST.recognition.recogniser import Recogniser
from AST.rules import Scores, best_of_all, decide, ranked_instruments
from AST.settings import MEAN, Windows
from AST.window_scores import pooled

WINDOWS_AT_ONCE = 8
"""Only so many spectrograms are in memory."""


@dataclass(frozen=True)
class HeardWindow:
    """One window and the name that is best in it.

    Attributes:
        start_s: Where it starts in the file.
        places_s: The parts of the file that it is nearest to; see ``nearest_places_s``.
        score: Of the best name, 0 to 1.
        class_name: What the best name counts as.
        is_study: Whether the study's AST hears it.
    """

    start_s: float
    places_s: Places
    name: str
    score: float
    class_name: str
    is_study: bool


@dataclass(frozen=True)
class Timeline:
    """AST's scores over the time of a file.

    Attributes:
        verdict: The prediction from all windows in words, and which model decided.
        proposed_label: The class that the prediction counts as, or ``other`` or ``speech``.
        windows: In the order of their starts.
        names: At most ten, those with the highest score of the file first: the names that are best
            in most windows, then those with the highest scores of the file.
        scores: Of these names in each window, 0 to 1, shape (windows, names).
        pooled: Of these names in the file, shape (names,).
        pool: How the scores of windows become those of the file.
        study_places_s: The parts of the file that the study's AST hears.
        outline: Of the waveform, shape (parts, 2).
        duration_s: Of the whole file.
    """

    verdict: str
    proposed_label: str
    windows: list[HeardWindow]
    names: list[str]
    scores: npt.NDArray[np.float32]
    pooled: Scores
    pool: str
    study_places_s: Places
    outline: npt.NDArray[np.float32]
    duration_s: float


def timeline(file: Path, recogniser: Recogniser, label_map: LabelMap, windows: Windows) -> Timeline:
    """Runs both models on a file: AST on each window, the speech model on the whole.

    Raises:
        StemError: The file cannot be analysed, or it contains no sound.
    """
    recording = decode(file)
    models = recogniser.models
    outputs, length_s = models.config.outputs, models.config.input.duration_s
    starts_s, scores = _heard(recording, models, windows)
    [speech] = models.speech.scores_percent([mel_patches_of(recording)])
    pool = windows.pool or MEAN
    of_file = pooled(scores, pool, speech, outputs)
    ranked = ranked_instruments(of_file, speech, outputs=outputs)
    prediction, proposed_label = decide(of_file, speech, label_map, outputs=outputs)
    order = np.argsort(starts_s, kind="stable")  # the study's window comes first in a run
    scores, starts_s = scores[order], starts_s[order]
    best = best_of_all(scores, np.full(len(scores), speech), 1, outputs)
    winners = [(outputs.names[place], float(score)) for [place], [score] in zip(*best, strict=True)]
    names = _shown([name for name, _ in winners], [name for name, _ in ranked])
    columns = [outputs.names.index(name) for name in names]
    places_s = _places_s(recording, starts_s, length_s)
    return Timeline(
        verdict=verdict(prediction, *ranked[0], speech),
        proposed_label=proposed_label,
        windows=[
            HeardWindow(start_s, places, name, score, label_map(name), number == 0)
            for start_s, places, (name, score), number in zip(
                starts_s.tolist(), places_s, winners, order.tolist(), strict=True
            )
        ],
        names=names,
        scores=scores[:, columns],
        pooled=of_file[columns],
        pool=pool,
        study_places_s=input_places_s(
            excerpt_ranges(recording), recording.sample_rate_hz, length_s
        ),
        outline=outline(recording),
        duration_s=recording.duration_s,
    )


def _heard(
    recording: Recording, models: Models, windows: Windows
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float32]]:
    """Where the windows start, and all scores of each, shape (windows, outputs).

    Raises:
        StemError: There is no window with sound.
    """
    form = models.config.input
    starts_s: list[float] = []
    scores = []
    left = windows_of(recording, windows, form)
    while some := list(itertools.islice(left, WINDOWS_AT_ONCE)):
        starts_s += [window.start_s for window in some]
        clips = [spectrogram(window.samples, form, windows.pad) for window in some]
        scores.append(models.tagger.scores(torch.stack(clips)))
    if not scores:
        raise StemError(NO_SOUND)
    return np.array(starts_s), np.concatenate(scores)


def _places_s(
    recording: Recording, starts_s: npt.NDArray[np.float64], length_s: float
) -> list[Places]:
    """The parts of the file that each window is nearest to."""
    rate_hz = recording.sample_rate_hz
    starts = np.rint(starts_s * rate_hz).astype(np.int64)
    return nearest_places_s(sound_ranges(recording), starts, length_s * rate_hz, rate_hz)


def _shown(winners: Sequence[str], ranked: Sequence[str]) -> list[str]:
    """The names to show, in the order of ``ranked``.

    Args:
        winners: The best name of each window.
        ranked: All names, the highest score of the file first.
    """
    wins = Counter(winners)
    chosen = sorted(ranked, key=lambda name: -wins[name])[:BEST_COUNT]
    return sorted(chosen, key=ranked.index)
