"""From samples at 16 kHz to AST's input: a normalised log-mel spectrogram of fixed size."""

import numpy as np
import torch
import torchaudio

from AST.audio.recording import MODEL_SAMPLE_RATE_HZ, Samples
from AST.errors import StemError
from AST.settings import REPEAT, ZERO
from AST.weights.checkpoint_config import FRAME_HOP_MS, InputFormat

PUBLISHED_INPUT = InputFormat()
FRAME_COUNT = PUBLISHED_INPUT.frame_count
"""Frames of the published AST's input: 10.24 s (AST paper)."""
MEL_BAND_COUNT = PUBLISHED_INPUT.mel_band_count
FRAME_LENGTH_MS = 25
"""Kaldi's default."""

FRAME_HOP = MODEL_SAMPLE_RATE_HZ * FRAME_HOP_MS // 1000
FRAME_LENGTH = MODEL_SAMPLE_RATE_HZ * FRAME_LENGTH_MS // 1000


def input_sample_count(form: InputFormat = PUBLISHED_INPUT) -> int:
    """Samples that AST's input covers; later samples have no effect.

    >>> input_sample_count()
    164080
    """
    return (form.frame_count - 1) * FRAME_HOP + FRAME_LENGTH


def spectrogram(
    samples: Samples, form: InputFormat = PUBLISHED_INPUT, pad: str = ZERO
) -> torch.Tensor:
    """AST's input from the start of an excerpt (10.26 s).

    Args:
        pad: What fills a shorter excerpt. ``zero``: frames of zeros. That comes before
            normalisation, as in the AST authors' code, so it is not 0 in the result. ``repeat``:
            the excerpt starts again, as often as there is room.

    Shape: (n,) -> (frames, mel bands): (1024, 128) in the published form.

    Raises:
        StemError: The excerpt is shorter than one frame (25 ms).
    """
    if len(samples) < FRAME_LENGTH:
        sound_ms = 1000 * len(samples) / MODEL_SAMPLE_RATE_HZ
        raise StemError(
            f"holds {sound_ms:.1f} ms of sound; AST needs at least {FRAME_LENGTH_MS} ms"
        )
    if pad == REPEAT and len(samples) < input_sample_count(form):
        samples = np.resize(samples, input_sample_count(form))
    features = torchaudio.compliance.kaldi.fbank(
        torch.from_numpy(samples[: input_sample_count(form)]).unsqueeze(0),
        htk_compat=True,
        sample_frequency=MODEL_SAMPLE_RATE_HZ,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=form.mel_band_count,
        dither=0.0,
        frame_length=FRAME_LENGTH_MS,
        frame_shift=FRAME_HOP_MS,
    )
    padded = torch.nn.functional.pad(features, (0, 0, 0, form.frame_count - len(features)))
    return (padded - form.mean) / (2 * form.standard_deviation)
