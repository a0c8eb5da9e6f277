"""AST on a device: from spectrograms to scores."""

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from AST.devices import check_finite
from AST.errors import UsageError
from AST.tagger.network import AudioSpectrogramTransformer

CLIPS_IN_CACHE = 2
"""On a CPU, where a larger batch is slower: what a block makes of it no longer fits."""


class Tagger:
    """AST on a device, its matrix products in a precision; what is added up stays in fp32."""

    def __init__(
        self,
        model: AudioSpectrogramTransformer,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
    ) -> None:
        self.network = model.to(device)
        self._device, self._dtype = device, dtype
        if dtype != torch.float32:
            for module in (*model.blocks.modules(), model.patch_embed):
                if isinstance(module, nn.Linear | nn.Conv2d):
                    module.to(dtype)  # once here, not anew by autocast for each batch

    @torch.inference_mode()
    def scores(self, spectrograms: torch.Tensor) -> npt.NDArray[np.float32]:
        """Sigmoid scores. Shape: (batch, 1024 frames, 128 bands) -> (batch, 527).

        Raises:
            UsageError: The batch does not fit into the device's memory.
        """
        lower = self._dtype != torch.float32
        at_once = CLIPS_IN_CACHE if self._device.type == "cpu" else len(spectrograms)
        parts = torch.split(spectrograms, at_once)
        try:
            with torch.autocast(self._device.type, self._dtype, enabled=lower):
                tokens = torch.cat([self.network.encode(part.to(self._device)) for part in parts])
            scores = self.network.classify(tokens.float()).sigmoid().cpu()
        except torch.OutOfMemoryError as error:
            raise UsageError(
                f"no memory on {self._device} for a batch of {len(spectrograms)}; start the same "
                "command again with a smaller --batch-size to go on"
            ) from error
        array: npt.NDArray[np.float32] = scores.numpy()
        check_finite(array, self._dtype)
        return array
