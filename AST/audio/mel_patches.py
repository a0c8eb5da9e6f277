"""From samples at 16 kHz to the speech model's input: the mel patches of Essentia's VGGish."""

import functools
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt
import torch

from AST.audio.recording import MODEL_SAMPLE_RATE_HZ, Recording, Samples, to_model_rate
from AST.audio.spool import Spool

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
MEL_PATCHES_IN_MEMORY = 645
"""Those of ten minutes: 16 MB."""
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


def mel_patches_of(recording: Recording) -> Spool:
    """All mel patches of a recording. Those of a long one are kept in a temporary file."""
    patches = Spool(MEL_PATCHES_IN_MEMORY, (MEL_PATCH_FRAMES, MEL_PATCH_BANDS))
    for block in mel_patch_blocks(to_model_rate(recording)):
        patches.append(block)
    return patches


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
    """What Essentia's ``TensorflowInputVGGish`` has: a Hann window, triangles on HTK's mel scale.

    Shape: (400,) and (257 frequencies, 64 bands).
    """
    window = torch.hann_window(FRAME_LENGTH, periodic=False, dtype=torch.float64)
    frequencies_hz = np.arange(SPECTRUM_LENGTH // 2 + 1) * (MODEL_SAMPLE_RATE_HZ / SPECTRUM_LENGTH)
    mels = _mel(frequencies_hz)[:, np.newaxis]
    lowest, highest = _mel([LOWEST_HZ, HIGHEST_HZ]).astype(np.float32)
    step = (highest - lowest) / np.float32(MEL_PATCH_BANDS + 1)
    # Added up in single precision, because Essentia does so: it moves the edges by up to 0.002 mel.
    steps = np.array([lowest, *[step] * (MEL_PATCH_BANDS + 1)], np.float32)
    edges = np.cumsum(steps, dtype=np.float32).astype(np.float64)
    rising = (mels - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - mels) / (edges[2:] - edges[1:-1])
    filters = torch.from_numpy(np.maximum(0, np.minimum(rising, falling)))
    return window.float(), filters.float()


def _mel(frequencies_hz: npt.ArrayLike) -> npt.NDArray[np.float64]:
    mels: npt.NDArray[np.float64] = 2595 * np.log10(1 + np.asarray(frequencies_hz) / 700)
    return mels


def _cut_mel_patches(bands: MelBands) -> tuple[MelPatches, MelBands]:
    """The full mel patches, and the bands from the start of the next one on."""
    count = max(0, (len(bands) - MEL_PATCH_FRAMES) // MEL_PATCH_HOP + 1)
    frames = np.add.outer(MEL_PATCH_HOP * np.arange(count), np.arange(MEL_PATCH_FRAMES))
    return bands[frames], bands[count * MEL_PATCH_HOP :]
