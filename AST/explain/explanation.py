"""Explains the prediction for one file: AST's input, and the parts of it that AST attends to."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt, excerpt_ranges
from AST.audio.mel_patches import mel_patches_of
from AST.audio.recording import MODEL_SAMPLE_RATE_HZ
from AST.audio.spectrogram import input_sample_count, spectrogram
from AST.errors import StemError
from AST.labels import SPEECH, LabelMap
from AST.recognition.recogniser import Recogniser
from AST.rules import THRESHOLD_SPEECH_PRED_SCORE, decide, ranked_instruments
from AST.settings import ZERO
from AST.tagger.network import TOKEN_COUNT, Size, attention_maps
from AST.weights.checkpoint_config import PATCH_SIZE

BEST_COUNT = 10
NO_SOUND = "nothing sounds in it, so AST has no input; choose a file with sound"

Image = npt.NDArray[np.float32]
"""Shape (mel bands, frames), low bands first; (128, 1024) with the published AST."""


@dataclass(frozen=True)
class Explanation:
    """The prediction for one file and the reasons for it.

    Attributes:
        verdict: The prediction in words, and which model decided.
        proposed_label: The class that the prediction counts as, or ``other`` or ``speech``.
        best: The instrument names with the highest scores, and those scores (0 to 1).
        places_s: The start and the end of each part of the file that AST's input comes from.
        duration_s: Of the whole file.
        spectrogram: AST's input, normalised log-mel.
        attention: The share of each point of the spectrogram in the class tokens; see ``rollout``.
    """

    verdict: str
    proposed_label: str
    best: list[tuple[str, float]]
    places_s: list[tuple[float, float]]
    duration_s: float
    spectrogram: Image
    attention: Image


def explain(
    file: Path, recogniser: Recogniser, label_map: LabelMap, pad: str = ZERO
) -> Explanation:
    """Runs both models on a file.

    Args:
        pad: What fills AST's input if the file is too short; see ``spectrogram``.

    Raises:
        StemError: The file cannot be analysed, or it contains no sound.
    """
    recording = decode(file)
    samples = excerpt(recording)
    if not samples.size:
        raise StemError(NO_SOUND)
    models = recogniser.models
    form, outputs = models.config.input, models.config.outputs
    spectrograms = spectrogram(samples, form, pad)[None]
    [speech_score_percent] = models.speech.scores_percent([mel_patches_of(recording)])
    [scores] = models.tagger.scores(spectrograms)
    best = ranked_instruments(scores, speech_score_percent, outputs=outputs)[:BEST_COUNT]
    prediction, proposed_label = decide(scores, speech_score_percent, label_map, outputs=outputs)
    network = models.tagger.network
    shares = rollout(attention_maps(network, spectrograms), network.size)
    return Explanation(
        verdict=verdict(prediction, *best[0], speech_score_percent),
        proposed_label=proposed_label,
        best=best,
        places_s=input_places_s(
            excerpt_ranges(recording),
            recording.sample_rate_hz,
            input_sample_count(form) / MODEL_SAMPLE_RATE_HZ,
        ),
        duration_s=recording.duration_s,
        spectrogram=spectrograms[0].T.numpy(),
        attention=over_spectrogram(shares, network.size),
    )


def rollout(maps: Iterable[torch.Tensor], size: Size) -> torch.Tensor:
    """Attention rollout: the share that each patch has in the class tokens after all blocks.

    In each block, half of a token comes from the attention (the mean of its heads), and half comes
    from the residual connection.
    Source: Abnar, Zuidema: Quantifying Attention Flow in Transformers, ACL 2020.

    Args:
        maps: Attention of each block, from ``attention_maps``.

    Shape: depth x (1, heads, tokens, tokens) -> (patches along the bands, patches along time). The
    sum is below 1, because the class tokens also have a share in themselves.
    """
    joint: torch.Tensor | None = None
    for attention in maps:
        shares = attention[0].mean(dim=0)
        shares = (shares + torch.eye(len(shares))) / 2
        joint = shares if joint is None else shares @ joint
    if joint is None:
        raise ValueError("rollout needs the attention of at least one block")
    return joint[:TOKEN_COUNT, TOKEN_COUNT:].mean(dim=0).reshape(size.patch_grid)


def over_spectrogram(patches: torch.Tensor, size: Size) -> Image:
    """Spreads the values of the patches over the spectrogram. Overlapping patches give their mean.

    Points that no patch covers (in the last bands and frames) are 0.

    Shape: (patches along the bands, patches along time) -> (mel bands, frames).
    """
    area = PATCH_SIZE * PATCH_SIZE
    columns = patches.reshape(1, 1, -1).expand(1, area, -1)
    both = torch.cat([columns, torch.ones_like(columns)])
    shape = size.mel_band_count, size.frame_count
    sums, counts = functional.fold(both, shape, PATCH_SIZE, stride=size.stride)
    image: Image = (sums / counts.clamp(min=1))[0].numpy()
    return image


def clock(time_s: float) -> str:
    """A time in a file as text: minutes and seconds.

    >>> clock(75.25), clock(3600)
    ('1:15.2', '60:00.0')
    """
    minutes, seconds = divmod(round(time_s, 1), 60)
    return f"{minutes:.0f}:{seconds:04.1f}"


def verdict(prediction: str, name: str, score: float, speech_score_percent: float) -> str:
    """The prediction in words, and which model decided.

    >>> verdict("bass guitar", "Bass guitar", 0.82, 1.5)
    'bass guitar: AST 0.820; speech score 1.5 %'
    >>> verdict("speech", "Rapping", 0.31, 91)
    'speech: the speech model decided, score 91.0 %; AST alone: rapping 0.310'
    """
    if prediction == SPEECH and speech_score_percent >= THRESHOLD_SPEECH_PRED_SCORE:
        return (
            f"speech: the speech model decided, score {speech_score_percent:.1f} %; AST alone: "
            f"{name.lower()} {score:.3f}"
        )
    return f"{prediction}: AST {score:.3f}; speech score {speech_score_percent:.1f} %"


def input_places_s(
    ranges: npt.NDArray[np.int64], sample_rate_hz: int, input_s: float
) -> list[tuple[float, float]]:
    """The parts of a file that AST's input comes from: their starts and ends in seconds.

    Args:
        ranges: The parts of the file that the excerpt comes from: starts and ends in samples. AST's
            input is only the start of the excerpt. Shape: (parts, 2).
        input_s: Length of AST's input.

    >>> input_places_s(np.array([[0, 8], [20, 60]]), 1, 10.255)
    [(0.0, 8.0), (20.0, 22.255)]
    """
    places = []
    left_s = input_s
    for start, end in (ranges / sample_rate_hz).tolist():
        length_s = min(end - start, left_s)
        left_s -= length_s
        if length_s > 0:
            places.append((start, round(start + length_s, 3)))
    return places
