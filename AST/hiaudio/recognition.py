"""The functions that need the models, which ``init_inst_recog`` loads once for this process."""

import warnings
from typing import TYPE_CHECKING

from AST.audio.recording import to_model_rate
from AST.errors import UsageError
from AST.hiaudio.audio import FilePath, decoded, getaudioexcerpt
from AST.hiaudio.excerpt import AudioExcerpt
from AST.settings import AUTO, Settings
from AST.weights.model_files import PUBLISHED

if TYPE_CHECKING:
    from AST.recognition.recogniser import Recogniser

PLATFORM_NAMES = {"Mantra": "Voice", "Wood block": "Percussion"}
"""What the platform calls two of AudioSet's names, of the classes 31 and 173. Of the published
predictions 3.4 % are one of them."""
PLATFORM, AUDIOSET = "platform", "audioset"
NAMES = {PLATFORM: PLATFORM_NAMES, AUDIOSET: {}}

_loaded: "tuple[Recogniser, dict[str, str]] | None" = None
"""The models, and what to call AudioSet's names."""


def init_inst_recog(
    model: str = PUBLISHED,
    speech_model: str | None = None,
    device: str = AUTO,
    precision: str = AUTO,
    speech_backend: str = AUTO,
    label_names: str = PLATFORM,
) -> None:
    """Loads both models, and fetches them if they are missing.

    Worker processes that were forked afterwards can use the models too, on the CPU with torch, in
    one thread each.

    Args:
        model: AST: ``published``, ``tiny``, or another checkpoint; see ``doc/models.md``.
        speech_model: The same for the speech model; None takes the one that belongs to ``model``.
        device: ``auto``, ``cpu``, ``mps``, ``cuda`` or one GPU such as ``cuda:1``.
        precision: ``auto``, ``fp32``, ``bf16`` or ``fp16``.
        speech_backend: What runs the speech model: ``auto``, ``torch`` or ``essentia``.
        label_names: ``platform`` says ``Voice`` and ``Percussion`` where AudioSet says ``Mantra``
            and ``Wood block`` (``PLATFORM_NAMES``); ``audioset`` keeps AudioSet's names.

    Raises:
        UsageError: An argument has a wrong value, or a model or the device is not available.
    """
    global _loaded
    if label_names not in NAMES:
        raise UsageError(f"label_names {label_names!r}: expected one of {', '.join(NAMES)}")
    from AST.recognition.recogniser import Recogniser

    settings = Settings(device=device, precision=precision, speech_backend=speech_backend)
    recogniser = Recogniser(model, speech_model, settings)
    _loaded = recogniser, NAMES[label_names]
    if fallback := recogniser.models.speech.fallback:
        warnings.warn(fallback, stacklevel=2)


def tellifisspeech(path: FilePath) -> float:
    """How much a file sounds like spoken words, in percent.

    Raises:
        StemError: The file cannot be decoded.
        UsageError: The models are not loaded, or cannot work in this forked process.
    """
    recogniser, _ = loaded()
    return recogniser.speech_score_percent(decoded(path))


def make_instrument_pred(
    excerpt: AudioExcerpt | FilePath, is_speech_pred: float
) -> tuple[str, float]:
    """The name of the instrument in an excerpt, and its score, 0 to 1.

    Args:
        excerpt: What ``getaudioexcerpt`` returned, or the path of an audio file that holds an
            excerpt. Nothing is trimmed here: AST hears the first 10.26 s.
        is_speech_pred: What ``tellifisspeech`` gave for the whole file. Below 8, AudioSet's name
            "Speech" is ignored. From 50 on the caller should say speech, whatever this returns.

    Raises:
        StemError: The file cannot be decoded, or the excerpt is shorter than 25 ms.
        UsageError: The models are not loaded, or cannot work in this forked process.
    """
    recogniser, names = loaded()
    if isinstance(excerpt, AudioExcerpt):
        samples = excerpt.at_model_rate()
    else:
        samples = next(to_model_rate(decoded(excerpt)))  # the first block is long enough
    name, score = recogniser.instrument(samples, is_speech_pred)
    return names.get(name, name), score


def make_instrument_pred_of_file(path: FilePath, is_speech_pred: float) -> tuple[str, float]:
    """Takes the excerpt of a file and names its instrument; ``("Silence", 0.0)`` without sound.

    Raises:
        StemError: The file cannot be decoded, or holds less than 25 ms of sound.
    """
    excerpt = getaudioexcerpt(path)
    return ("Silence", 0.0) if excerpt is None else make_instrument_pred(excerpt, is_speech_pred)


def loaded() -> "tuple[Recogniser, dict[str, str]]":
    """The models, and what to call AudioSet's names.

    Raises:
        UsageError: ``init_inst_recog`` was not called.
    """
    if _loaded is None:
        raise UsageError("the models are not loaded; call init_inst_recog() first")
    return _loaded
