"""From samples at 16 kHz to the speech model's input: the mel patches of Essentia's VGGish."""

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch

from AST.audio.decoding import decode
from AST.audio.essentia_quietly import essentia_standard
from AST.audio.recording import MODEL_SAMPLE_RATE_HZ, Recording, Samples, to_model_rate

MelPatches = npt.NDArray[np.float32]
"""Shape (mel patches, 96 frames, 64 bands): log(magnitude in the band + 0.01)."""
MelBands = npt.NDArray[np.float32]
"""Shape (frames, 64 bands)."""

FRAME_LENGTH, FRAME_HOP = 400, 160
"""Samples: 25 ms and 10 ms."""
MEL_PATCH_FRAMES, MEL_PATCH_BANDS = 96, 64
MEL_PATCH_HOP = 93
"""Frames from one mel patch to the next (TensorflowPredictVGGish's default)."""
SPECTRUM_LENGTH = 512
LOWEST_HZ, HIGHEST_HZ = 125, 7500
LOG_OFFSET = 0.01
FRAMES_IN_CACHE = 256
"""More frames at once are slower, because their spectra do not fit into the cache."""
NO_MEL_PATCHES: MelPatches = np.zeros((0, MEL_PATCH_FRAMES, MEL_PATCH_BANDS), np.float32)


def mel_patches(samples: Samples) -> MelPatches:
    """The mel patches that Essentia's ``TensorflowPredictVGGish`` gives to its network.

    Frames are centred, and an incomplete last mel patch is dropped. Essentia goes frame by frame,
    which takes three times as long. Values differ by rounding: by at most 0.0005 in real
    recordings, and by 0.003 for loud pure tones.

    Shape: (n,) at 16 kHz -> (mel patches, 96, 64): one for 0.96 s, one more for each 0.93 s.
    """
    return np.concatenate([NO_MEL_PATCHES, *mel_patch_blocks([samples])])


def mel_patch_blocks(blocks: Iterable[Samples]) -> Iterator[MelPatches]:
    """Yields the mel patches of a recording that comes in blocks, as soon as they are full.

    Shape: (n,) at 16 kHz each -> (mel patches, 96, 64) each.
    """
    samples: Samples = np.zeros(FRAME_LENGTH // 2, np.float32)  # the first frame is centred
    bands: MelBands = np.zeros((0, MEL_PATCH_BANDS), np.float32)
    sample_count = frame_count = 0
    for block in blocks:
        sample_count += len(block)
        samples = np.concatenate([samples, block])
        full = max(0, (len(samples) - FRAME_LENGTH) // FRAME_HOP + 1)
        frame_count += full
        ready, bands = _cut_mel_patches(np.concatenate([bands, _mel_bands(samples, full)]))
        samples = samples[full * FRAME_HOP :]
        yield ready
    if sample_count:  # frames that go beyond the end are filled with zeros
        count = -(-sample_count // FRAME_HOP) + 1 - frame_count
        padded = np.concatenate([samples, np.zeros(count * FRAME_HOP + FRAME_LENGTH, np.float32)])
        yield _cut_mel_patches(np.concatenate([bands, _mel_bands(padded, count)]))[0]


@dataclass(frozen=True)
class MelPatchesOfFile:
    """The mel patches of a long file: too many to keep, so each iteration decodes the file again.

    Raises:
        StemError: During an iteration, if the file can no longer be decoded.
    """

    path: Path

    def __iter__(self) -> Iterator[MelPatches]:
        yield from mel_patch_blocks(to_model_rate(decode(self.path)))


def mel_patches_of(recording: Recording, path: Path) -> Iterable[MelPatches]:
    """The mel patches of a recording, kept in memory unless it is long."""
    if recording.is_long:
        return MelPatchesOfFile(path)
    return list(mel_patch_blocks(to_model_rate(recording)))


def _mel_bands(samples: Samples, count: int) -> MelBands:
    """The mel bands of the first frames. Shape: (n,) -> (count, 64)."""
    bands = np.empty((count, MEL_PATCH_BANDS), np.float32)
    if not count:
        return bands
    window, filters = _window_and_filters()
    frames = torch.from_numpy(samples).unfold(0, FRAME_LENGTH, FRAME_HOP)[:count]
    for start in range(0, count, FRAMES_IN_CACHE):
        part = slice(start, start + FRAMES_IN_CACHE)
        spectra = torch.fft.rfft(frames[part] * window, SPECTRUM_LENGTH)
        bands[part] = (spectra.abs() @ filters + LOG_OFFSET).log().numpy()
    return bands


@functools.cache
def _window_and_filters() -> tuple[torch.Tensor, torch.Tensor]:
    """The parts of Essentia's ``TensorflowInputVGGish``, to use them on many frames at once.

    Shape: (400,) and (257 frequencies, 64 bands).
    """
    essentia = essentia_standard()
    window = essentia.Windowing(type="hann", normalized=False, zeroPhase=False)
    bands_of = essentia.MelBands(
        inputSize=SPECTRUM_LENGTH // 2 + 1,
        sampleRate=MODEL_SAMPLE_RATE_HZ,
        numberBands=MEL_PATCH_BANDS,
        lowFrequencyBound=LOWEST_HZ,
        highFrequencyBound=HIGHEST_HZ,
        warpingFormula="htkMel",
        weighting="warping",
        normalize="unit_max",
        type="magnitude",
    )
    frequencies = np.eye(SPECTRUM_LENGTH // 2 + 1, dtype=np.float32)
    filters = np.stack([bands_of(frequency) for frequency in frequencies])
    return torch.from_numpy(window(np.ones(FRAME_LENGTH, np.float32))), torch.from_numpy(filters)


def _cut_mel_patches(bands: MelBands) -> tuple[MelPatches, MelBands]:
    """The full mel patches, and the bands from the start of the next one on."""
    count = max(0, (len(bands) - MEL_PATCH_FRAMES) // MEL_PATCH_HOP + 1)
    frames = np.add.outer(MEL_PATCH_HOP * np.arange(count), np.arange(MEL_PATCH_FRAMES))
    return bands[frames], bands[count * MEL_PATCH_HOP :]
