"""Analyses files as the study does, one file after the other, as a baseline for measurements.

The steps and their order follow the study's description, but the functions are the suite's own.
Both models run as their authors provide them. Essentia's TensorflowPredictVGGish computes the mel
patches and runs the network in one chain. AST runs in fp32, without fused attention.
"""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import numpy.typing as npt
import soundfile
import torch
from timm.models import vision_transformer
from torch import nn

from AST.audio.decoding import decode
from AST.audio.excerpt import excerpt_16_bit
from AST.audio.recording import MODEL_SAMPLE_RATE_HZ, Samples
from AST.audio.spectrogram import spectrogram
from AST.speech.classifier import SPEECH_CLASS
from AST.speech.essentia_quietly import essentia_quietly, essentia_standard
from AST.speech.runners import INPUT_NODE, OUTPUT_NODE
from AST.tagger.checkpoint import load_checkpoint
from AST.tagger.network import Size
from AST.weights.checkpoint_config import CheckpointConfig

RESAMPLE_QUALITY = 4
"""Of Essentia, from 0 (best) to 4 (fastest)."""


class Study:
    """Both models, loaded once."""

    def __init__(self, ast_path: Path, speech_path: Path) -> None:
        self._ast = load_checkpoint(ast_path)
        self._blocks = [timm_block(self._ast.size, block) for block in self._ast.blocks]
        standard = essentia_standard()
        with essentia_quietly():
            self._predict_speech = standard.TensorflowPredictVGGish(
                graphFilename=str(speech_path), input=INPUT_NODE, output=OUTPUT_NODE
            )

    def analyse(self, path: Path) -> tuple[npt.NDArray[np.float32], float]:
        """AST's 527 scores (0 to 1) of one file, and its speech score in percent."""
        whole = _loaded(path)
        with essentia_quietly():
            mel_patch_scores = np.asarray(self._predict_speech(whole))
        recording = decode(path)
        with tempfile.NamedTemporaryFile(suffix=".wav") as file:
            soundfile.write(file.name, excerpt_16_bit(recording), recording.sample_rate_hz)
            samples = _loaded(Path(file.name))
        return self._scores(samples), 100 * float(mel_patch_scores[:, SPEECH_CLASS].mean())

    @torch.inference_mode()
    def _scores(self, samples: Samples) -> npt.NDArray[np.float32]:
        x = self._ast.embed(spectrogram(samples).unsqueeze(0))
        for block in self._blocks:
            x = block(x)
        scores: npt.NDArray[np.float32] = self._ast.classify(x[:, :2]).sigmoid()[0].numpy()
        return scores


def timm_block(size: Size, block: nn.Module) -> nn.Module:
    """timm's block with the weights of one of ours, without fused attention."""
    layer_norm = partial(nn.LayerNorm, eps=CheckpointConfig().layer_norm_eps)
    theirs = vision_transformer.Block(
        size.width, size.head_count, qkv_bias=True, norm_layer=layer_norm
    )
    theirs.load_state_dict(block.state_dict())
    theirs.attn.fused_attn = False
    block_of_timm: nn.Module = theirs.eval()
    return block_of_timm


def _loaded(path: Path) -> Samples:
    standard = essentia_standard()
    with essentia_quietly():
        samples: Samples = standard.MonoLoader(
            filename=str(path), sampleRate=MODEL_SAMPLE_RATE_HZ, resampleQuality=RESAMPLE_QUALITY
        )()
    return samples
