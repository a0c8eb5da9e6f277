"""What tests share besides fixtures: sounds, files and results whose content is known."""

import itertools
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import soundfile

from AST.audio.mel_patches import mel_patches
from AST.evaluation.files.score_file import StemScores
from AST.labels import AUDIOSET_SPEECH_INDEX, audioset_labels
from AST.results import Row
from AST.run.progress import Progress
from AST.speech.classifier import SpeechModel
from AST.speech.runners import INPUT_NODE, OUTPUT_NODE
from synthetic.graph_writer import FLOAT, FrozenGraph

ROOT = Path(__file__).parents[1]

ModelFlags = list[str]
"""The flags that name both models."""
RunScript = Callable[..., subprocess.CompletedProcess[str]]

RATE_HZ = 44_100
GENERATOR = np.random.default_rng(0)
STEREO = GENERATOR.integers(-20_000, 20_000, (RATE_HZ, 2), dtype=np.int16)
"""A second of noise in two channels."""


def write(path: Path, samples: npt.NDArray[Any], rate_hz: int = RATE_HZ, **options: str) -> Path:
    """Writes samples to a file, and returns its path."""
    soundfile.write(path, samples, rate_hz, **options)
    return path


def tone(
    frequency_hz: float, duration_s: float, rate_hz: int, level: float = 0.5
) -> npt.NDArray[Any]:
    """A sine as float64 samples, shape (n,)."""
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    return np.asarray(level * np.sin(2 * np.pi * frequency_hz * time_s))


def chirp(duration_s: float, rate_hz: int = 16_000, rise_hz_per_s: float = 60) -> npt.NDArray[Any]:
    """A tone that rises from 200 Hz, shape (n,)."""
    time_s = np.arange(round(duration_s * rate_hz)) / rate_hz
    return np.asarray(0.5 * np.sin(2 * np.pi * (200 + rise_hz_per_s / 2 * time_s) * time_s))


def speech_score_percent(model: SpeechModel, samples: npt.NDArray[np.float32]) -> float:
    """Of one recording, shape (n,) at 16 kHz."""
    [score] = model.scores_percent([[mel_patches(samples)]])
    return score


def random_weights(*shape: int) -> npt.NDArray[np.float32]:
    """The same weights for the same shape, of a scale that keeps activations in range."""
    scale = np.sqrt(2 / np.prod(shape[:-1]))
    values = np.random.default_rng(shape).standard_normal(shape) * scale
    return np.asarray(values, np.float32)


class StopsAfter(Progress):
    """Stops a run as Ctrl-C does."""

    def __init__(self, stems: int) -> None:
        self._finished = itertools.count(1)
        self._stems = stems

    def finish(self, result: object) -> None:
        if next(self._finished) == self._stems:
            raise KeyboardInterrupt


def write_graph_with_tanh(path: Path) -> Path:
    """A speech model with an operation that only Essentia can run."""
    graph = FrozenGraph()
    mean = graph.mean("mean", graph.placeholder(INPUT_NODE, (-1, 96, 64)), axis=1)
    tanh = graph.node("tanh", "Tanh", [mean], T=FLOAT)
    dense = graph.dense("classes", tanh, random_weights(64, 8), random_weights(8, 1)[:, 0])
    graph.sigmoid(OUTPUT_NODE, dense)
    graph.write(path)
    return path


# A results file of five stems with its scores. Who needs other rows changes these.

DICTIONARY = {"bass": ["bass guitar"], "drums": ["drum kit", "drum"], "vocals": ["singing"]}
INDEX = {name: index for index, name in enumerate(audioset_labels())}
"""Of an AudioSet name among AST's outputs."""

ROWS = [
    Row("bass", "D/1/bass.wav", "bass guitar", "bass"),
    Row("drums", "D/1/drums.wav", "synthesizer", "other"),
    Row("vocals", "D/1/vocals.wav", "speech", "speech"),
    Row("vocals", "D/2/vocals.wav", "speech", "other"),
    Row("drums", "D/2/drums.wav", "silence", "silence"),
]


def stem_scores() -> StemScores:
    """First choices as in ROWS. The right class is second for drums, third for both vocals."""
    scores = np.zeros((5, 527), np.float32)
    scores[0, INDEX["Bass guitar"]] = 0.9
    scores[1, [INDEX["Synthesizer"], INDEX["Drum kit"]]] = 0.5, 0.4
    scores[2, [INDEX["Rapping"], INDEX["Piano"], INDEX["Singing"]]] = 0.3, 0.2, 0.1
    scores[3, [AUDIOSET_SPEECH_INDEX, INDEX["Piano"], INDEX["Singing"]]] = 0.6, 0.2, 0.1
    scores[4] = np.nan
    speech = np.array([0, 2, 80, 20, 0], float)
    return StemScores(scores, speech)


def write_scores(path: Path, paths: list[str], scores: StemScores) -> None:
    """Writes a scores file as a run does."""
    np.savez_compressed(
        path,
        paths=np.array(paths),
        scores=scores.scores,
        speech_score_percent=scores.speech_score_percent,
    )
