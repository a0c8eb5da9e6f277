"""Trains the small AST on rendered clips: ``python -m training.train CACHE FOLDER``.

Resumes from ``FOLDER/state.pt``; the same seed and the same cache give the same schedule.
"""

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from AST.command_line import EXIT_OK, exit_code, whole_number
from training.amounts import FULL
from training.sources import TEST, TRAIN
from training.state import STATE_FILE, read_state, write_state

SAVE_EVERY_STEPS = 250
CLIPS_LOOKED_AT = 400
"""Of those held out, whenever the state is saved; training.evaluate takes all."""


def train(cache: Path, folder: Path, steps: int, batch: int, seed: int) -> int:
    """Trains until ``steps`` are done, from the folder's state if it has one.

    Raises:
        UsageError: The cache is empty or damaged, or the state is damaged or of other settings.
    """
    from training.trainer import Clips, Trainer, family_accuracy

    folder.mkdir(parents=True, exist_ok=True)
    state_path = folder / STATE_FILE
    clips, held_out = Clips.load(cache, TRAIN), Clips.load(cache, TEST)
    trainer = Trainer(steps, batch, seed)
    settings = {"seed": seed, "batch": batch, "clips": len(clips.labels)}
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


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.train", description=__doc__)
    parser.add_argument("cache", type=Path, help="what python -m training.render made")
    parser.add_argument("folder", type=Path, help="where the state is kept")
    parser.add_argument("--steps", type=whole_number(1), default=FULL.ast_steps)
    parser.add_argument("--batch", type=whole_number(2), default=FULL.ast_batch)
    parser.add_argument("--seed", type=whole_number(0), default=0)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: train(**vars(arguments)))


if __name__ == "__main__":
    sys.exit(main())
