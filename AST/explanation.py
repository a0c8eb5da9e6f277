"""Why AST names what it names in one file: what it heard, and what it attended to."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch.nn import functional

from AST.ast_model import PATCH_SIZE, TOKEN_COUNT, Size, attention_maps
from AST.audio import MODEL_SAMPLE_RATE_HZ
from AST.checkpoint import load_checkpoint
from AST.decoding import decode
from AST.errors import StemError
from AST.excerpt import excerpt, excerpt_ranges
from AST.features import FRAME_COUNT, HEARD_SAMPLE_COUNT, MEL_BAND_COUNT, spectrogram
from AST.labels import SPEECH, LabelMap
from AST.mel_patches import patches_of
from AST.rules import THRESHOLD_SPEECH_PRED_SCORE, decide, ranked_instruments
from AST.speech import SpeechModel
from AST.tagger import Tagger

BEST_COUNT = 10

Image = npt.NDArray[np.float32]
"""Shape (128 mel bands, 1024 frames), low bands first."""


@dataclass(frozen=True)
class Explanation:
    """What is known of one file.

    Attributes:
        verdict: The prediction in words, and whose it is.
        best: The instrument labels with the highest scores, and those.
        places_s: Where in the file lies what AST heard: starts and ends.
        duration_s: Of the whole file.
        spectrogram: What AST heard, normalised log-mel.
        attended: How much of what the class tokens hold comes from where, through all blocks.
    """

    verdict: str
    best: list[tuple[str, float]]
    places_s: list[tuple[float, float]]
    duration_s: float
    spectrogram: Image
    attended: Image


def explain(file: Path, ast_path: Path, speech_path: Path) -> Explanation:
    """Runs both models on a file, on the CPU in fp32.

    Raises:
        StemError: The file cannot be analysed, or nothing sounds in it.
        UsageError: A model cannot be used.
    """
    recording = decode(file)
    heard = excerpt(recording)
    if not heard.size:
        raise StemError("nothing sounds in it, so AST hears nothing; choose a file with sound")
    clip = spectrogram(heard)[None]
    speech_model = SpeechModel.load(speech_path)
    [speech_score_percent] = speech_model.scores_percent([patches_of(recording, file)])
    model = load_checkpoint(ast_path)
    [scores] = Tagger(model, torch.device("cpu")).scores(clip)
    best = ranked_instruments(scores, speech_score_percent)[:BEST_COUNT]
    prediction, _ = decide(scores, speech_score_percent, LabelMap({}))
    attended = rollout(attention_maps(model, clip), model.size)
    rate_hz = recording.sample_rate_hz
    return Explanation(
        verdict=verdict(prediction, *best[0], speech_score_percent),
        best=best,
        places_s=heard_places_s(excerpt_ranges(recording), rate_hz),
        duration_s=recording.length / rate_hz,
        spectrogram=clip[0].T.numpy(),
        attended=over_spectrogram(attended, model.size.stride),
    )


def rollout(maps: Iterable[torch.Tensor], size: Size) -> torch.Tensor:
    """How much of each patch arrives in the class tokens, through all blocks.

    Each block passes on half by attention, its heads averaged, and half by the residual connection.
    Source: Abnar, Zuidema: Quantifying Attention Flow in Transformers, ACL 2020.

    Args:
        maps: Attention of each block, from ``attention_maps``.

    Shape: depth x (1, heads, tokens, tokens) -> (patches along the bands, patches along time); the
    class tokens' share in themselves is missing from the sum of 1.
    """
    joint: torch.Tensor | None = None
    for attention in maps:
        passed = attention[0].mean(dim=0)
        passed = (passed + torch.eye(len(passed))) / 2
        joint = passed if joint is None else passed @ joint
    if joint is None:
        raise ValueError("rollout needs the attention of at least one block")
    return joint[:TOKEN_COUNT, TOKEN_COUNT:].mean(dim=0).reshape(size.patch_grid)


def over_spectrogram(patches: torch.Tensor, stride: int) -> Image:
    """Values of patches spread over the spectrogram; where patches overlap, their mean.

    What no patch covers, at the upper edges, is 0.

    Shape: (patches along the bands, patches along time) -> (128, 1024).
    """
    area = PATCH_SIZE * PATCH_SIZE
    columns = patches.reshape(1, 1, -1).expand(1, area, -1)
    both = torch.cat([columns, torch.ones_like(columns)])
    sums, counts = functional.fold(both, (MEL_BAND_COUNT, FRAME_COUNT), PATCH_SIZE, stride=stride)
    image: Image = (sums / counts.clamp(min=1))[0].numpy()
    return image


def clock(time_s: float) -> str:
    """A place in a file.

    >>> clock(75.25), clock(3600)
    ('1:15.2', '60:00.0')
    """
    minutes, seconds = divmod(round(time_s, 1), 60)
    return f"{minutes:.0f}:{seconds:04.1f}"


def verdict(prediction: str, name: str, score: float, speech_score_percent: float) -> str:
    """The prediction in words, and whose it is.

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


def heard_places_s(ranges: npt.NDArray[np.int64], sample_rate_hz: int) -> list[tuple[float, float]]:
    """Where in a file lies what AST heard: starts and ends in seconds.

    Args:
        ranges: Where the excerpt was taken from, in samples; AST hears the first 10.26 s of it.

    >>> heard_places_s(np.array([[0, 8], [20, 60]]), 1)
    [(0.0, 8.0), (20.0, 22.255)]
    """
    places = []
    left_s = HEARD_SAMPLE_COUNT / MODEL_SAMPLE_RATE_HZ
    for start, end in (ranges / sample_rate_hz).tolist():
        length_s = min(end - start, left_s)
        left_s -= length_s
        if length_s > 0:
            places.append((start, round(start + length_s, 3)))
    return places
