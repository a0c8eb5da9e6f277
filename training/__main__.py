"""Makes both small models from nothing: ``python -m training WORK``.

Speaks, renders, trains, exports and evaluates; what is done already is not done again.
``--quick`` goes through all of it in a minute or two, with too little of everything to learn.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.errors import UsageError
from AST.model_files import AST_FILE, SPEECH_FILE
from training.sources import TEST, TRAIN, Folders, all_sources


@dataclass(frozen=True)
class Amounts:
    """How much of everything."""

    sentences_per_voice: int
    training_clips: int
    test_clips: int
    ast_steps: int
    ast_batch: int
    speech_steps: int
    speech_batch: int


FULL = Amounts(16, 12_000, 1250, 4500, 64, 4000, 96)
QUICK = Amounts(0, 24, 16, 6, 8, 10, 16)


def make(work: Path, folders: Folders, amounts: Amounts, output: Path | None, seed: int) -> int:
    """The whole pipeline; without ``output`` the models go where ``tiny`` finds them."""
    from training import evaluate, export, render, speak, train, train_speech

    if amounts.sentences_per_voice:
        speak.speak(folders.speech or work / "speech", amounts.sentences_per_voice, seed)
    if not all_sources(folders):
        raise UsageError("no sounds to train on; training/README.md lists what to install")
    cache = work / "cache"
    workers = os.cpu_count() or 1
    render.render(folders, TEST, cache, amounts.test_clips, seed, workers)
    render.render(folders, TRAIN, cache, amounts.training_clips, seed, workers)
    ast_path = output / AST_FILE.embedded.name if output else AST_FILE.embedded
    speech_path = output / SPEECH_FILE.embedded.name if output else SPEECH_FILE.embedded
    train.train(cache, work, amounts.ast_steps, amounts.ast_batch, seed)
    export.export(work / train.STATE_FILE, ast_path)
    network = train_speech.train(cache, amounts.speech_steps, amounts.speech_batch, seed)
    train_speech.write_graph(network, speech_path)
    report = evaluate.evaluate(str(ast_path), str(speech_path), cache, None, False)
    report["speech_rule_on_held_out_renders"] = train_speech.report(network, cache, TEST)
    print(json.dumps(report, indent=1))
    return EXIT_OK


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("work", type=Path, help="folder for rendered clips and states (10 GB)")
    parser.add_argument("--samples", type=Path, help="recorded notes with their index.csv")
    parser.add_argument("--packages", type=Path, help="where npm installed recorded notes")
    parser.add_argument("--output", type=Path, help="folder for the models (default: the suite's)")
    parser.add_argument("--seed", type=whole_number(at_least=0), default=0)
    parser.add_argument("--quick", action="store_true", help="very little of everything: a trial")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    amounts = QUICK if arguments.quick else FULL
    folders = Folders(arguments.samples, arguments.packages, arguments.work / "speech")
    if arguments.quick and not arguments.output:
        arguments.output = arguments.work
    return exit_code(
        lambda: make(arguments.work, folders, amounts, arguments.output, arguments.seed)
    )


if __name__ == "__main__":
    sys.exit(main())
