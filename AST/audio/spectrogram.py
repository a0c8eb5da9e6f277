"""From samples at 16 kHz to AST's input: a normalised log-mel spectrogram of fixed size."""

import torch
import torchaudio

from AST.audio.recording import MODEL_SAMPLE_RATE_HZ, Samples
from AST.errors import StemError

FRAME_COUNT = 1024
"""Frames of AST's input: 10.24 s (AST paper)."""
MEL_BAND_COUNT = 128
FRAME_HOP_MS = 10
FRAME_LENGTH_MS = 25
"""Kaldi's default."""

AUDIOSET_MEAN, AUDIOSET_STANDARD_DEVIATION = -4.2677393, 4.5689974
"""Mean and standard deviation of AudioSet's log-mel values (the AST authors' code)."""

FRAME_HOP = MODEL_SAMPLE_RATE_HZ * FRAME_HOP_MS // 1000
FRAME_LENGTH = MODEL_SAMPLE_RATE_HZ * FRAME_LENGTH_MS // 1000
INPUT_SAMPLE_COUNT = (FRAME_COUNT - 1) * FRAME_HOP + FRAME_LENGTH
"""Samples that AST's input covers; later samples have no effect."""


def spectrogram(samples: Samples) -> torch.Tensor:
    """AST's input from the first 10.26 s of an excerpt; a shorter one is padded with zeros.

    Padding comes before normalisation, as in the AST authors' code, so it is not 0 in the result.

    Shape: (n,) -> (1024 frames, 128 mel bands).

    Raises:
        StemError: The excerpt is shorter than one frame (25 ms).
    """
    if len(samples) < FRAME_LENGTH:
        sound_ms = 1000 * len(samples) / MODEL_SAMPLE_RATE_HZ
        raise StemError(
            f"holds {sound_ms:.1f} ms of sound; AST needs at least {FRAME_LENGTH_MS} ms"
        )
    features = torchaudio.compliance.kaldi.fbank(
        torch.from_numpy(samples[:INPUT_SAMPLE_COUNT]).unsqueeze(0),
        htk_compat=True,
        sample_frequency=MODEL_SAMPLE_RATE_HZ,
        use_energy=False,
        window_type="hanning",
        num_mel_bins=MEL_BAND_COUNT,
        dither=0.0,
        frame_length=FRAME_LENGTH_MS,
        frame_shift=FRAME_HOP_MS,
    )
    padded = torch.nn.functional.pad(features, (0, 0, 0, FRAME_COUNT - len(features)))
    return (padded - AUDIOSET_MEAN) / (2 * AUDIOSET_STANDARD_DEVIATION)
