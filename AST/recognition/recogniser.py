"""One recording at a time: a file or an array of samples in, its prediction out."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from AST.audio.mel_patches import MelPatches, mel_patches_of
from AST.audio.preparation import PreparedStem, prepare, prepare_recording
from AST.audio.recording import Recording, Samples
from AST.audio.spectrogram import spectrogram
from AST.errors import UsageError
from AST.labels import SPEECH, LabelMap
from AST.process.devices import select_device
from AST.process.forked import process_of
from AST.recognition.models import Models
from AST.rules import THRESHOLD_SPEECH_PRED_SCORE, Scores, best_instrument, decide
from AST.settings import CPU, MEAN, Settings
from AST.weights.finding import obtain_both
from AST.weights.model_files import PUBLISHED
from AST.window_scores import pooled


@dataclass(frozen=True)
class Recognition:
    """What the models say about one recording.

    Attributes:
        prediction: The name of AST's best output in lower case, or ``speech`` or ``silence``.
        score: Of the prediction, 0 to 1, from the model that decided; None for silence.
        scores: AST's scores, in the order of ``Recogniser.names``; None for silence. Pooled, if
            AST heard several windows.
        speech_score_percent: How much the recording sounds like spoken words.
        rms_dbfs: Level of the whole recording.
        window_start_s: Where each window that AST heard starts in the recording, shape (windows,).
        window_scores: AST's scores of each window, shape (windows, outputs).
    """

    prediction: str
    score: float | None
    scores: Scores | None
    speech_score_percent: float
    rms_dbfs: float
    window_start_s: npt.NDArray[np.float64]
    window_scores: npt.NDArray[np.float32]


class Recogniser:
    """Both models, loaded once. Several threads may use one recogniser.

    Args:
        model: AST: ``published``, ``tiny``, or another checkpoint; see ``doc/models.md``.
        speech_model: The same for the speech model; None takes the one that belongs to ``model``.
        settings: Device, precision, speech backend and windows. The others are for whole runs.

    Raises:
        UsageError: A model cannot be found, fetched or loaded, or the device does not exist.
    """

    def __init__(
        self,
        model: str = PUBLISHED,
        speech_model: str | None = None,
        settings: Settings = Settings(),  # noqa: B008 (frozen)
    ) -> None:
        device = select_device(settings.device)  # an error here should not wait for a download
        self._gpu = None if device.type == CPU else process_of(f"device {device.type}")
        self._check_process()
        self.files = obtain_both(model, speech_model)
        self._windows = settings.windows
        self.models = Models.load(
            self.files["ast"].path,
            self.files["speech"].path,
            device,
            settings.precision,
            settings.speech_backend,
            self.files["ast"].checkpoint.config,
        )

    @property
    def names(self) -> tuple[str, ...]:
        """What AST's outputs are called: AudioSet's 527 names, or the checkpoint's own."""
        return self.models.config.outputs.names

    def recognise(
        self, sound: str | Path | npt.NDArray[Any], sample_rate_hz: int | None = None
    ) -> Recognition:
        """The prediction for a file, or for samples with their sample rate.

        Args:
            sound: A path, or floating point samples with full scale at 1, shape (n,) or
                (n, channels).

        Raises:
            StemError: The file or the samples cannot be analysed.
            UsageError: Samples came without a sample rate, or a path with one, or the models
                cannot work in this forked process.
        """
        prepared = self._prepared(sound, sample_rate_hz)
        speech_score_percent = self._speech_score_percent(prepared.mel_patches)
        outputs = self.models.config.outputs
        window_scores: npt.NDArray[np.float32] = np.zeros((0, len(outputs.names)), np.float32)
        scores = None
        if len(prepared.spectrograms):
            clips = (prepared.spectrograms.read(at, at + 1) for at in range(len(prepared.start_s)))
            window_scores = np.stack(
                [self._scores(torch.from_numpy(clip[0].copy())) for clip in clips]
            )
            pool = self._windows.pool or MEAN
            scores = pooled(window_scores, pool, speech_score_percent, outputs)
        prediction, _ = decide(scores, speech_score_percent, LabelMap({}), outputs=outputs)
        return Recognition(
            prediction,
            self._score_of(prediction, scores, speech_score_percent),
            scores,
            speech_score_percent,
            prepared.rms_dbfs,
            prepared.start_s,
            window_scores,
        )

    def instrument(self, samples: Samples, speech_score_percent: float) -> tuple[str, float]:
        """AudioSet's name and score of the best instrument in an excerpt.

        Shape: (n,) at 16 kHz.

        Raises:
            StemError: The excerpt is shorter than one frame (25 ms).
            UsageError: The models cannot work in this forked process.
        """
        config = self.models.config
        scores = self._scores(spectrogram(samples, config.input, self._windows.pad))
        return best_instrument(scores, speech_score_percent, outputs=config.outputs)

    def speech_score_percent(self, recording: Recording) -> float:
        """How much a recording sounds like spoken words.

        Raises:
            UsageError: The models cannot work in this forked process.
        """
        return self._speech_score_percent(mel_patches_of(recording))

    def _speech_score_percent(self, mel_patches: Iterable[MelPatches]) -> float:
        self._check_process()
        return self.models.speech.scores_percent([mel_patches])[0]

    def _scores(self, clip: torch.Tensor) -> Scores:
        self._check_process()
        scores: Scores = self.models.tagger.scores(clip.unsqueeze(0))[0]
        return scores

    def _check_process(self) -> None:
        if self._gpu:
            self._gpu.check()

    def _prepared(
        self, sound: str | Path | npt.NDArray[Any], sample_rate_hz: int | None
    ) -> PreparedStem:
        form = self.models.config.input
        if isinstance(sound, np.ndarray):
            if sample_rate_hz is None:
                raise UsageError("samples came without a sample rate; pass sample_rate_hz")
            recording = Recording.from_array(sound, sample_rate_hz)
            return prepare_recording(recording, form, self._windows)
        if sample_rate_hz is not None:
            raise UsageError("a file knows its sample rate; pass sample_rate_hz with samples only")
        return prepare(Path(sound), form, self._windows)

    def _score_of(
        self, prediction: str, scores: Scores | None, speech_score_percent: float
    ) -> float | None:
        if scores is None:
            return None
        if prediction == SPEECH and speech_score_percent >= THRESHOLD_SPEECH_PRED_SCORE:
            return speech_score_percent / 100
        outputs = self.models.config.outputs
        return best_instrument(scores, speech_score_percent, outputs=outputs)[1]
