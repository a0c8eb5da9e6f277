"""Both models, loaded once."""

from dataclasses import dataclass, field
from pathlib import Path

import torch

from AST.process.devices import DTYPES
from AST.process.forked import use_one_thread_when_forked
from AST.process.processors import keep_threads_within_quota
from AST.settings import AUTO, select_precision
from AST.speech.classifier import SpeechModel
from AST.tagger.checkpoint import load_checkpoint
from AST.tagger.tagger import Tagger
from AST.weights.checkpoint_config import CheckpointConfig


@dataclass(frozen=True)
class Models:
    """AST and the speech model on one device.

    Attributes:
        config: Of AST: the form of its input and the names of its outputs.
    """

    tagger: Tagger
    speech: SpeechModel
    config: CheckpointConfig = field(default_factory=CheckpointConfig)

    @classmethod
    def load(
        cls,
        ast_path: Path,
        speech_path: Path,
        device: torch.device,
        precision: str = AUTO,
        speech_backend: str = AUTO,
        config: CheckpointConfig | None = None,
    ) -> "Models":
        """Reads both files.

        Args:
            config: Of AST; None: the file has no config.

        Raises:
            UsageError: A file cannot be used.
        """
        keep_threads_within_quota()
        use_one_thread_when_forked()
        dtype = DTYPES[select_precision(precision, device.type)]
        torch.backends.cudnn.allow_tf32 = dtype != torch.float32  # TF32 is as coarse as fp16
        speech = SpeechModel.load(speech_path, speech_backend, device, dtype)
        config = config or CheckpointConfig()
        network = load_checkpoint(ast_path, config)
        return cls(Tagger(network, device, dtype, config.are_exclusive), speech, config)
