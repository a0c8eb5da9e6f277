"""Trains the small speech model: ``python -m training.train_speech CACHE FILE.pb``."""

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.errors import UsageError
from AST.writing import writing
from training.amounts import FULL
from training.families import FAMILY_OF_LABEL, SPEECH_FAMILY
from training.render import load_cache
from training.sources import TRAIN

if TYPE_CHECKING:
    from training.speech_network import SpeechNetwork

FloatArray = npt.NDArray[np.float32]

REPORT_EVERY_STEPS = 200
LEARNING_RATE = 2e-3
WEIGHT_DECAY = 0.02

SHARES = (0.4, 0.3, 0.3)
"""Of a batch: speech, singing, instruments."""


class SpeechClips:
    """Rendered clips in memory, by what batches are made of: speech, singing, instruments.

    Raises:
        UsageError: The cache holds none of one of these.
    """

    def __init__(self, cache: Path) -> None:
        arrays = load_cache(cache, TRAIN, "patches")
        self.patches, self.counts = arrays["patches"], arrays["patch_counts"]
        kept = np.flatnonzero(self.counts > 0)
        families = np.array([FAMILY_OF_LABEL[label] for label in arrays["labels"]])[kept]
        self.pools = [
            kept[families == SPEECH_FAMILY],
            kept[families == "vocals"],
            kept[~np.isin(families, (SPEECH_FAMILY, "vocals"))],
        ]
        if not all(len(pool) for pool in self.pools):
            raise UsageError(f"{cache}: needs clips of speech, of singing and of instruments")

    def batch(self, rng: np.random.Generator, count: int) -> tuple[FloatArray, FloatArray]:
        """One patch each of random clips, and which are speech. Shapes: (n, 96, 64), (n,)."""
        choice = rng.choice(len(self.pools), count, p=SHARES)
        rows = np.array([rng.choice(self.pools[pool]) for pool in choice])
        columns = rng.integers(self.counts[rows])
        return self.patches[rows, columns].astype(np.float32), (choice == 0).astype(np.float32)


def train(cache: Path, steps: int, batch: int, seed: int) -> "SpeechNetwork":
    """Trains on one patch of each clip drawn.

    Raises:
        UsageError: The cache holds no speech, no singing or nothing else.
    """
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits

    from training.network import half_precision
    from training.speech_network import SpeechNetwork, augment

    torch.manual_seed(seed)
    rng, generator = np.random.default_rng(seed), torch.Generator().manual_seed(seed)
    clips, network = SpeechClips(cache), SpeechNetwork()
    network.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    optimizer = torch.optim.AdamW(network.parameters(), LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, LEARNING_RATE, steps)
    start_s, losses = time.monotonic(), []
    for step in range(1, steps + 1):
        patches, is_speech = map(torch.from_numpy, clips.batch(rng, batch))
        with half_precision():
            logits = network(augment(patches, generator)).float()
        loss = binary_cross_entropy_with_logits(logits, 0.96 * is_speech + 0.02)
        optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
        schedule.step()
        losses.append(float(loss.detach()))
        if step % REPORT_EVERY_STEPS == 0 or step == steps:
            elapsed_s = time.monotonic() - start_s
            print(f"step {step} of {steps}, {elapsed_s:.0f} s: loss {np.mean(losses):.3f}",
                  file=sys.stderr)  # fmt: skip
            losses = []
    return network.eval()


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.train_speech", description=__doc__)
    parser.add_argument("cache", type=Path, help="what python -m training.render made")
    parser.add_argument("output", type=Path, help="the frozen graph to write")
    parser.add_argument("--steps", type=whole_number(1), default=FULL.speech_steps)
    parser.add_argument("--batch", type=whole_number(2), default=FULL.speech_batch)
    parser.add_argument("--seed", type=whole_number(0), default=0)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: _train_and_report(**vars(arguments)))


def _train_and_report(cache: Path, output: Path, steps: int, batch: int, seed: int) -> int:
    from training.evaluate import speech_rule_on_renders
    from training.speech_network import write_graph

    network = train(cache, steps, batch, seed)
    with writing(output, "FILE.pb"):
        write_graph(network, output)
    print(json.dumps(speech_rule_on_renders(cache, output)))
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
