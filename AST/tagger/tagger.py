"""AST on a device: from spectrograms to scores."""

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from AST.errors import UsageError
from AST.process.devices import check_finite
from AST.tagger.network import AudioSpectrogramTransformer

CPU_BATCH_SIZE = 2
"""How many spectrograms of a batch AST takes at once on a CPU. With more, the values inside a block
do not fit into the cache, and AST is slower."""


class Tagger:
    """AST on a device. A lower precision is for its matrix products; sums of tokens stay fp32.

    Args:
        are_exclusive: Whether the scores are a softmax over all outputs, not each one's sigmoid.
    """

    def __init__(
        self,
        model: AudioSpectrogramTransformer,
        device: torch.device,
        dtype: torch.dtype = torch.float32,
        are_exclusive: bool = False,
    ) -> None:
        self.network = model.to(device)
        self._device, self._dtype = device, dtype
        self._are_exclusive = are_exclusive
        if dtype != torch.float32:
            for module in (*model.blocks.modules(), model.patch_embed):
                if isinstance(module, nn.Linear | nn.Conv2d):
                    module.to(dtype)  # once, instead of by autocast for each batch

    @torch.inference_mode()
    def scores(self, spectrograms: torch.Tensor) -> npt.NDArray[np.float32]:
        """Scores (0 to 1). Shape: (batch, frames, mel bands) -> (batch, outputs).

        Raises:
            UsageError: The batch does not fit into the device's memory.
        """
        lower = self._dtype != torch.float32
        at_once = CPU_BATCH_SIZE if self._device.type == "cpu" else len(spectrograms)
        parts = torch.split(spectrograms, at_once)
        try:
            with torch.autocast(self._device.type, self._dtype, enabled=lower):
                tokens = torch.cat([self.network.encode(part.to(self._device)) for part in parts])
            logits = self.network.classify(tokens.float())
            shares = logits.softmax(dim=1) if self._are_exclusive else logits.sigmoid()
            scores = shares.cpu().numpy()
        except torch.OutOfMemoryError as error:
            raise UsageError(
                f"no memory on {self._device} for a batch of {len(spectrograms)}; use a smaller "
                "batch size or another device"
            ) from error
        check_finite(scores, self._dtype)
        return scores
