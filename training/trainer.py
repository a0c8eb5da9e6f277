"""How the small AST learns: batches of clips, the loss, the optimizers, and one step of it."""

import copy
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

from AST.ast_model import AudioSpectrogramTransformer
from AST.devices import has_instructions
from AST.features import FRAME_COUNT
from AST.settings import BF16, CPU
from training.augment import augment
from training.families import FAMILIES, LABELS_IN_ORDER
from training.network import (
    forward_some_patches,
    half_precision,
    label_columns,
    label_families,
    new_model,
    normalise,
)
from training.render import load_cache

WINDOW_FRAMES = FRAME_COUNT // 4
"""A step hears 2.6 s of each clip. (900 steps more on the whole 10 s gained nothing.)"""
MIX_SHARE = 0.25
"""Share of the clips that another is laid over (mixup)."""
LABEL_SMOOTHING = 0.05
FAMILY_LOSS_WEIGHT = 0.5
SIGMOID_LOSS_WEIGHT = 0.05
"""Small: it pins the level of the logits, so that their sigmoid is a score."""
MATRIX_RATE, OTHER_RATE = 1.5e-3, 1e-3
WEIGHT_DECAY = 0.05
TRAINED_SHARE = 0.7
"""Of the rates, where the weights that are started from are trained already."""
WARM_UP_STEPS = 200
AVERAGE_DECAY = 0.998
"""Of the running average of the weights, which is what is kept."""


def loss_of(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Which label, which family, and at what level.

    Args:
        logits: Of the trained labels, shape (batch, labels).
        targets: Shares of the labels, shape (batch, labels), each row summing to 1.
    """
    families = functional.one_hot(label_families(), len(FAMILIES)).to(logits.dtype)
    family_logits = (logits.exp() @ families).clamp(min=1e-12).log()
    by_label = functional.cross_entropy(logits, targets, label_smoothing=LABEL_SMOOTHING)
    by_family = functional.cross_entropy(family_logits, targets @ families)
    present = (targets > 0).to(logits.dtype)
    by_score = functional.binary_cross_entropy_with_logits(logits, present, reduction="sum")
    return by_label + FAMILY_LOSS_WEIGHT * by_family + SIGMOID_LOSS_WEIGHT * by_score / len(logits)


@dataclass
class Clips:
    """Rendered clips in memory."""

    log_mels: Any
    labels: Any
    frames: Any

    @classmethod
    def load(cls, cache: Path, split: str) -> "Clips":
        arrays = load_cache(cache, split, "log_mels")
        numbers = [LABELS_IN_ORDER.index(label) for label in arrays["labels"]]
        return cls(arrays["log_mels"], np.array(numbers), arrays["frames"])

    def batch(
        self, rng: np.random.Generator, count: int, frames: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Windows of random clips, and their labels; clips that are too short are repeated."""
        out = np.empty((count, frames, self.log_mels.shape[2]), np.float32)
        indices = rng.integers(len(self.labels), size=count)
        for row, index in enumerate(indices):
            own = int(self.frames[index])
            start = int(rng.integers(max(1, own - frames + 1)))
            part = self.log_mels[index, start : min(own, start + frames)]
            repeats = -(-frames // len(part))
            out[row] = np.tile(part, (repeats, 1))[:frames]
        return torch.from_numpy(out), torch.from_numpy(self.labels[indices])


def mixed(
    log_mels: torch.Tensor, labels: torch.Tensor, generator: torch.Generator
) -> tuple[torch.Tensor, torch.Tensor]:
    """Some clips laid over others, at up to the same level; targets by share of the level."""
    targets = functional.one_hot(labels, len(LABELS_IN_ORDER)).float()
    partner = torch.randperm(len(labels), generator=generator)
    drop = 6 * torch.rand((len(labels), 1, 1), generator=generator)
    is_mixed = torch.rand((len(labels), 1, 1), generator=generator) < MIX_SHARE
    over = torch.logaddexp(log_mels, log_mels[partner] - drop)
    share = torch.sigmoid(drop.view(-1, 1) * 0.8)
    both = share * targets + (1 - share) * targets[partner]
    return torch.where(is_mixed, over, log_mels), torch.where(is_mixed[:, 0], both, targets)


def _matrix_optimizer(matrices: list[nn.Parameter]) -> torch.optim.Optimizer:
    """Muon, which computes in bfloat16; where that would take longer than the step, AdamW."""
    if has_instructions(BF16, CPU):
        return torch.optim.Muon(
            matrices,
            lr=MATRIX_RATE,
            weight_decay=WEIGHT_DECAY,
            adjust_lr_fn="match_rms_adamw",
        )
    return torch.optim.AdamW(matrices, MATRIX_RATE, weight_decay=WEIGHT_DECAY, betas=(0.9, 0.98))


class Trainer:
    """Model, optimizers and running average; ``step`` goes one batch further."""

    def __init__(
        self,
        steps: int,
        batch: int,
        seed: int,
        trained: AudioSpectrogramTransformer | None = None,
    ) -> None:
        torch.manual_seed(seed)
        self.steps, self.batch, self.done = steps, batch, 0
        self.model = new_model()
        self.rates_share = 1.0
        if trained is not None:
            self.model.load_state_dict(trained.state_dict())
            self.rates_share = TRAINED_SHARE
        self.average = copy.deepcopy(self.model).requires_grad_(False)
        matrices: list[nn.Parameter] = []
        others: list[nn.Parameter] = []
        for name, parameter in self.model.named_parameters():
            is_matrix = name.startswith("blocks.") and parameter.dim() == 2
            (matrices if is_matrix else others).append(parameter)
        self.optimizers = (
            _matrix_optimizer(matrices),
            torch.optim.AdamW(others, lr=OTHER_RATE, weight_decay=0.0, betas=(0.9, 0.98)),
        )
        self.rng = np.random.default_rng(seed)
        self.generator = torch.Generator().manual_seed(seed)
        self.columns = label_columns()

    def rate_factor(self) -> float:
        """Warm-up, then a cosine down to nothing."""
        if self.done < WARM_UP_STEPS:
            return self.rates_share * (self.done + 1) / WARM_UP_STEPS
        progress = (self.done - WARM_UP_STEPS) / max(1, self.steps - WARM_UP_STEPS)
        return self.rates_share * 0.5 * (1 + math.cos(math.pi * min(1.0, progress)))

    def step(self, clips: Clips) -> float:
        log_mels, labels = clips.batch(self.rng, self.batch, WINDOW_FRAMES)
        log_mels, targets = mixed(log_mels, labels, self.generator)
        inputs = normalise(augment(log_mels, self.generator))
        with half_precision():
            logits = forward_some_patches(self.model, inputs, self.generator)
        loss = loss_of(logits.float()[:, self.columns], targets)
        for optimizer, rate in zip(self.optimizers, (MATRIX_RATE, OTHER_RATE), strict=True):
            optimizer.param_groups[0]["lr"] = rate * self.rate_factor()
            optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        for optimizer in self.optimizers:
            optimizer.step()
        self.done += 1
        decay = min(AVERAGE_DECAY, (1 + self.done) / (10 + self.done))
        with torch.no_grad():
            for own, kept in zip(self.model.parameters(), self.average.parameters(), strict=True):
                kept.lerp_(own, 1 - decay)
        return float(loss.detach())

    def state(self) -> dict[str, Any]:
        return {
            "done": self.done,
            "model": self.model.state_dict(),
            "average": self.average.state_dict(),
            "optimizers": [optimizer.state_dict() for optimizer in self.optimizers],
            "generator": self.generator.get_state(),
            "rng": self.rng.bit_generator.state,
        }

    def load(self, state: dict[str, Any]) -> None:
        self.done = state["done"]
        self.model.load_state_dict(state["model"])
        self.average.load_state_dict(state["average"])
        for optimizer, own in zip(self.optimizers, state["optimizers"], strict=True):
            optimizer.load_state_dict(own)
        self.generator.set_state(state["generator"])
        self.rng.bit_generator.state = state["rng"]


@torch.inference_mode()
def family_accuracy(model: AudioSpectrogramTransformer, clips: Clips, limit: int) -> float:
    """Share of the first ``limit`` clips whose best trained label is of the right family."""
    families = label_families()
    right = 0
    count = min(limit, len(clips.labels))
    for start in range(0, count, 32):
        rows = slice(start, min(start + 32, count))
        inputs = normalise(torch.from_numpy(clips.log_mels[rows].astype(np.float32)))
        best = model(inputs)[:, label_columns()].argmax(dim=1)
        right += int((families[best] == families[torch.from_numpy(clips.labels[rows])]).sum())
    return right / count
