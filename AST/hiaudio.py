"""The entry points that Hi-Audio's backend calls, under the names that it knows.

Call ``init_inst_recog`` once; the other functions then share its models. Each takes a path and
raises ``AST.errors.StemError`` for a file that cannot be analysed.
"""

import math
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from AST.audio import Samples, rms_dbfs
from AST.decoding import decode
from AST.errors import UsageError
from AST.excerpt import excerpt
from AST.mel_patches import patches_of
from AST.rules import (
    LOWER_SPEECH_PRED_SCORE,
    SILENCE_RMS_DB_THRESHOLD,
    THRESHOLD_SPEECH_PRED_SCORE,
    best_instrument,
)
from AST.settings import AUTO, PRECISIONS, SPEECH_BACKENDS
from AST.weights import PUBLISHED, obtain_both

if TYPE_CHECKING:
    from AST.pipeline import Models

__all__ = [
    "LOWER_SPEECH_PRED_SCORE",
    "SILENCE_RMS_DB_THRESHOLD",
    "THRESHOLD_SPEECH_PRED_SCORE",
    "convertmetadata",
    "getaudioexcerpt",
    "init_inst_recog",
    "make_instrument_pred",
    "tellifisspeech",
    "tellifsilence",
]

_models: "Models | None" = None


def init_inst_recog(
    model: str = PUBLISHED,
    speech_model: str | None = None,
    device: str = AUTO,
    precision: str = AUTO,
    speech_backend: str = AUTO,
) -> None:
    """Loads both models, fetching them if need be; see the analyze scripts for the arguments.

    Raises:
        AST.errors.UsageError: A model or the device is not to be had.
    """
    global _models
    from AST.devices import select_devices
    from AST.pipeline import Models

    if precision not in PRECISIONS or speech_backend not in SPEECH_BACKENDS:
        raise UsageError(
            f"precision {precision!r}, speech_backend {speech_backend!r}: expected one of "
            f"{', '.join(PRECISIONS)} and one of {', '.join(SPEECH_BACKENDS)}"
        )
    files = obtain_both(model, speech_model)
    paths = files["ast"].path, files["speech"].path
    _models = Models.load(*paths, select_devices(device)[0], precision, speech_backend)
    if _models.speech.fallback:
        warnings.warn(_models.speech.fallback, stacklevel=2)


def getaudioexcerpt(path: str) -> Samples:
    """What AST hears of a file: mono, 16 kHz, silence trimmed; empty when nothing sounds.

    Shape: (n,), n up to 480,000 where the file is cut, 960,000 (60 s) where it is not.
    """
    return excerpt(decode(Path(path)))


def make_instrument_pred(path: str, is_speech_pred: float) -> tuple[str, float]:
    """The AudioSet name of the instrument that AST hears, and its score, 0 to 1.

    A file without sound gives ``("Silence", 0.0)``.

    Args:
        is_speech_pred: What ``tellifisspeech`` gave for this file: below 8, "Speech" is passed
            over. From 50 on the caller should say speech whatever this function returns.
    """
    from AST.features import spectrogram

    heard = getaudioexcerpt(path)
    if not heard.size:
        return "Silence", 0.0
    scores = _loaded().tagger.scores(spectrogram(heard).unsqueeze(0))
    return best_instrument(scores[0], is_speech_pred)


def tellifisspeech(path: str) -> float:
    """How much a file sounds like spoken word, in percent."""
    patches = patches_of(decode(Path(path)), Path(path))
    return _loaded().speech.scores_percent([patches])[0]


def tellifsilence(path: str) -> tuple[bool, float]:
    """Whether a file counts as silent, and its RMS level in dBFS."""
    level_dbfs = rms_dbfs(decode(Path(path)))
    return level_dbfs < SILENCE_RMS_DB_THRESHOLD, level_dbfs


def convertmetadata(metadata: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata as ffprobe gives it, made readable; None and what is no number stay as they are.

    >>> convertmetadata({"size": 1572864, "sample_rate": "44100", "duration": 212.4})
    {'size': '1.50 MB', 'sample_rate': '44.1 kHz', 'duration': '3m 32s'}
    >>> convertmetadata({"bit_rate": 320000, "codec_name": "flac", "duration": None})
    {'bit_rate': '320.00 kbps', 'codec_name': 'flac', 'duration': None}
    """
    readable = dict(metadata)
    for key, convert in _CONVERSIONS.items():
        try:
            value = float(metadata[key])
        except (KeyError, TypeError, ValueError):
            continue
        if math.isfinite(value):
            readable[key] = convert(value)
    return readable


def _size(size_bytes: float) -> str:
    if size_bytes >= 1024**2:
        return f"{size_bytes / 1024**2:.2f} MB"
    return f"{size_bytes / 1024:.2f} KB" if size_bytes >= 1024 else f"{size_bytes:.0f} Bytes"


def _sample_rate(sample_rate_hz: float) -> str:
    return f"{sample_rate_hz / 1000} kHz"


def _duration(duration_s: float) -> str:
    minutes, seconds = divmod(int(duration_s), 60)
    return f"{minutes}m {seconds}s" if minutes else f"{duration_s:.2f} sec"


def _bit_rate(bits_per_s: float) -> str:
    if bits_per_s >= 1e6:
        return f"{bits_per_s / 1e6:.2f} Mbps"
    return f"{bits_per_s / 1e3:.2f} kbps"


_CONVERSIONS = {
    "size": _size,
    "sample_rate": _sample_rate,
    "duration": _duration,
    "bit_rate": _bit_rate,
}


def _loaded() -> "Models":
    if _models is None:
        raise RuntimeError("the models are not loaded; call init_inst_recog() first")
    return _models
