"""Checks of one AST: its file, its features, and its first logits on the public sample."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from AST.audio.decoding import decode
from AST.audio.recording import MODEL_SAMPLE_RATE_HZ, Samples, to_model_rate
from AST.audio.spectrogram import spectrogram
from AST.process.devices import DTYPES, has_instructions
from AST.settings import BF16, CPU, FP16, FP32
from AST.tagger.checkpoint import load_checkpoint
from AST.tagger.network import AudioSpectrogramTransformer
from AST.tagger.tagger import Tagger
from AST.verification.checks import Check, equal, near
from AST.verification.public import CheckpointFigures
from AST.weights.checkpoint_config import DEFAULT_HUB_EPS, CheckpointConfig
from AST.weights.local_model import LocalModel

LOGIT_TOLERANCE = 1e-3
FEATURE_TOLERANCE = 1e-3
FIRST = 3
CHIRP_S = 11
FEATURES = {
    (0, 10): 0.73706,
    (40, 20): 0.58062,
    (100, 25): 0.90665,
    (300, 47): 1.11393,
    (700, 73): 1.31966,
    (1000, 87): 1.35103,
}
"""AST's input for ``chirp`` at some frames and mel bands, by transformers' ASTFeatureExtractor."""


def chirp() -> Samples:
    """A tone that rises from 200 Hz by 300 Hz a second, at 16 kHz, shape (n,)."""
    time_s = np.arange(CHIRP_S * MODEL_SAMPLE_RATE_HZ) / MODEL_SAMPLE_RATE_HZ
    samples = np.sin(2 * np.pi * (200 + 150 * time_s) * time_s) / 2
    return np.asarray(samples, np.float32)


def feature_check() -> Check:
    """Whether AST's input is that of transformers: filters, window, level, normalisation."""
    came = spectrogram(chirp())
    values = [float(came[frame, band]) for frame, band in FEATURES]
    name = "AST's input for a fixed tone, at six places"
    return near(name, values, list(FEATURES.values()), FEATURE_TOLERANCE)


def hash_note(name: str, model: LocalModel) -> Check:
    """The sha256 of a checkpoint that is not pinned; the hub said the same when it was fetched."""
    hashes = ", ".join(f"{file} {sha256}" for file, sha256 in model.sha256_of.items())
    return Check(f"sha256 of {name}, as the hub says, not pinned", hashes)


def file_checks(name: str, model: LocalModel, expected: CheckpointFigures) -> Iterator[Check]:
    """Whether the layers are those of the published AST."""
    network = load_checkpoint(model.path, model.checkpoint.config)
    size = network.size
    shape = (
        f"{size.depth} blocks, {size.width} wide, stride {size.stride}, {size.output_count} outputs"
    )
    yield equal(f"layers of {name}", shape, expected.shape)
    count = sum(parameter.numel() for parameter in network.parameters()) / 1e6
    millions = [expected.parameters_millions]
    yield near(f"parameters of {name} in millions", [count], millions, 0.05, digits=1)


def logit_checks(
    name: str, model: LocalModel, sample: Path, expected: tuple[float, ...], device: torch.device
) -> Iterator[Check]:
    """The first logits, and beside them what epsilon and precision change."""
    config = model.checkpoint.config
    [samples] = to_model_rate(decode(sample))
    clip = spectrogram(samples, config.input)[None]
    network = load_checkpoint(model.path, config)
    logits = first_logits(network, clip, torch.device(CPU))
    what = f"first logits of {name} on the public sample"
    yield near(f"{what}, fp32", logits, expected, LOGIT_TOLERANCE)
    usual = CheckpointConfig().layer_norm_eps
    other = DEFAULT_HUB_EPS if config.layer_norm_eps == usual else usual
    changed = replace(config, layer_norm_eps=other, head_layer_norm_eps=other)
    differing = first_logits(load_checkpoint(model.path, changed), clip, torch.device(CPU))
    yield _note(f"{what}, layer norm epsilon {other:g} instead", differing, expected)
    for precision in (FP32, BF16, FP16):
        is_done = precision == FP32 and device.type == CPU
        if not is_done and has_instructions(precision, device.type):
            fresh = load_checkpoint(model.path, config)
            lower = first_logits(fresh, clip, device, DTYPES[precision])
            yield _note(f"{what}, {precision} on {device}", lower, expected)


def first_logits(
    network: AudioSpectrogramTransformer,
    clip: torch.Tensor,
    device: torch.device,
    dtype: torch.dtype = torch.float32,
) -> list[float]:
    """Through the same code as in a run: from the scores back to the logits."""
    scores = Tagger(network, device, dtype).scores(clip)[0, :FIRST].astype(np.float64)
    return [float(logit) for logit in np.log(scores) - np.log1p(-scores)]


def _note(name: str, came: list[float], expected: tuple[float, ...]) -> Check:
    return replace(near(name, came, expected, LOGIT_TOLERANCE), passed=None)
