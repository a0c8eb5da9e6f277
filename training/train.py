"""Trains the small AST on rendered clips: ``python -m training.train CACHE FOLDER``.

Resumes from ``FOLDER/state.pt``; the same seed and the same cache give the same schedule.
``--start-from`` trains weights on that are trained already, in a folder of their own.
"""

import argparse
import hashlib
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.errors import UsageError
from training.amounts import FULL
from training.sources import TEST, TRAIN
from training.state import STATE_FILE, read_state, write_state

if TYPE_CHECKING:
    from AST.ast_model import AudioSpectrogramTransformer

SAVE_EVERY_STEPS = 250
CLIPS_LOOKED_AT = 400
"""Of those held out, whenever the state is saved; training.evaluate takes all."""


def train(
    cache: Path, folder: Path, steps: int, batch: int, seed: int, start_from: Path | None = None
) -> int:
    """Trains until ``steps`` are done, from the folder's state if it has one.

    Args:
        start_from: Trained weights of the small AST to go on from; None starts from nothing.

    Raises:
        UsageError: The cache is empty or damaged, the state is damaged or of other settings, or
            the weights are none of the small AST's.
    """
    from training.trainer import Clips, Trainer, family_accuracy

    trained = _small_ast(start_from) if start_from else None
    folder.mkdir(parents=True, exist_ok=True)
    state_path = folder / STATE_FILE
    clips, held_out = Clips.load(cache, TRAIN), Clips.load(cache, TEST)
    trainer = Trainer(steps, batch, seed, trained)
    settings: dict[str, Any] = {"seed": seed, "batch": batch, "clips": len(clips.labels)}
    if start_from:
        settings["start_from"] = hashlib.sha256(start_from.read_bytes()).hexdigest()[:12]
    if state_path.exists():
        trainer.load(read_state(state_path, settings))
    start_s, losses = time.monotonic(), []
    while trainer.done < steps:
        losses.append(trainer.step(clips))
        if trainer.done % SAVE_EVERY_STEPS == 0 or trainer.done == steps:
            write_state(state_path, {**trainer.state(), "settings": settings})
            accuracy = family_accuracy(trainer.average, held_out, CLIPS_LOOKED_AT)
            print(
                f"step {trainer.done} of {steps}, {time.monotonic() - start_s:.0f} s: "
                f"loss {np.mean(losses):.3f}, held out {100 * accuracy:.1f} %",
                file=sys.stderr,
            )
            losses = []
    return EXIT_OK


def _small_ast(path: Path) -> "AudioSpectrogramTransformer":
    from AST.checkpoint import load_checkpoint
    from training.network import SIZE

    model = load_checkpoint(path)
    if model.size != SIZE:
        raise UsageError(
            f"{path}: an AST of {model.size}, expected {SIZE}; give weights of the small AST"
        )
    return model


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("cache", type=Path, help="what python -m training.render made")
    parser.add_argument("folder", type=Path, help="where the state is kept")
    parser.add_argument("--steps", type=whole_number(1), default=FULL.ast_steps)
    parser.add_argument("--batch", type=whole_number(2), default=FULL.ast_batch)
    parser.add_argument("--seed", type=whole_number(0), default=0)
    parser.add_argument("--start-from", type=Path, help="the small AST's weights, to train on")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: train(**vars(arguments)))


if __name__ == "__main__":
    sys.exit(main())
