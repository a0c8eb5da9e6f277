"""AST on a device: from spectrograms to scores."""

import numpy as np
import numpy.typing as npt
import torch

from AST.ast_model import AudioSpectrogramTransformer
from AST.errors import UsageError


def select_device(name: str) -> torch.device:
    """The device of a name; ``auto`` takes CUDA, else Apple's MPS, else the CPU.

    Raises:
        UsageError: This machine or this torch has no such device.
    """
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if name == "auto":
        name = next(device for device, there in available.items() if there)
    if not available[name]:
        usable = ", ".join(device for device, there in available.items() if there)
        raise UsageError(f"--device {name}: not available to torch on this machine; use {usable}")
    return torch.device(name)


class Tagger:
    """AST on a device."""

    def __init__(self, model: AudioSpectrogramTransformer, device: torch.device) -> None:
        self._model = model.to(device)
        self._device = device

    @torch.inference_mode()
    def scores(self, spectrograms: torch.Tensor) -> npt.NDArray[np.float32]:
        """Sigmoid scores. Shape: (batch, 1024 frames, 128 bands) -> (batch, 527).

        Raises:
            UsageError: The batch does not fit into the device's memory.
        """
        try:
            scores = self._model(spectrograms.to(self._device)).sigmoid().float().cpu()
        except torch.OutOfMemoryError as error:
            raise UsageError(
                f"no memory on {self._device} for a batch of {len(spectrograms)}; start the same "
                "command again with a smaller --batch-size to go on"
            ) from error
        array: npt.NDArray[np.float32] = scores.numpy()
        return array
