"""Both models, loaded once."""

from dataclasses import dataclass
from pathlib import Path

import torch

from AST.devices import DTYPES
from AST.forked import use_one_thread_when_forked
from AST.processors import keep_threads_within_quota
from AST.settings import AUTO, select_precision
from AST.speech.classifier import SpeechModel
from AST.tagger.checkpoint import load_checkpoint
from AST.tagger.tagger import Tagger


@dataclass(frozen=True)
class Models:
    """AST and the speech model on one device."""

    tagger: Tagger
    speech: SpeechModel

    @classmethod
    def load(
        cls,
        ast_path: Path,
        speech_path: Path,
        device: torch.device,
        precision: str = AUTO,
        speech_backend: str = AUTO,
    ) -> "Models":
        """Reads both files.

        Raises:
            UsageError: A file cannot be used.
        """
        keep_threads_within_quota()
        use_one_thread_when_forked()
        dtype = DTYPES[select_precision(precision, device.type)]
        torch.backends.cudnn.allow_tf32 = dtype != torch.float32  # TF32 is as coarse as fp16
        speech = SpeechModel.load(speech_path, speech_backend, device, dtype)
        return cls(Tagger(load_checkpoint(ast_path), device, dtype), speech)
