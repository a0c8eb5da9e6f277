"""Makes both small models from nothing: ``python -m training WORK``.

Speaks, renders, trains, exports and evaluates. What was rendered and trained of AST is kept and
not done again; the speech model, minutes of work, is always trained anew.
``--quick`` goes through the rest in a minute or two, with too little of everything to learn, and
takes the voices that are there: of packages, and those that spoke before.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import EXIT_OK, exit_code, whole_number
from AST.model_files import AST_FILE, SPEECH_FILE
from training.amounts import FULL, QUICK, Amounts
from training.sources import TEST, TRAIN, Folders


def make(work: Path, folders: Folders, amounts: Amounts, output: Path | None, seed: int) -> int:
    """The whole pipeline; without ``output`` the models go where ``tiny`` finds them."""
    from training import evaluate, export, render, speak, speech_network, state, train, train_speech

    if folders.speech and amounts.sentences_per_voice:
        speak.speak(folders.speech, amounts.sentences_per_voice, seed)
    cache = work / "cache"
    workers = os.cpu_count() or 1
    render.render(folders, TEST, cache, amounts.test_clips, seed, workers)
    render.render(folders, TRAIN, cache, amounts.training_clips, seed, workers)
    ast_path, speech_path = AST_FILE.embedded, SPEECH_FILE.embedded
    if output:
        output.mkdir(parents=True, exist_ok=True)
        ast_path, speech_path = output / ast_path.name, output / speech_path.name
    train.train(cache, work, amounts.ast_steps, amounts.ast_batch, seed)
    export.export(work / state.STATE_FILE, ast_path)
    network = train_speech.train(cache, amounts.speech_steps, amounts.speech_batch, seed)
    speech_network.write_graph(network, speech_path)
    report = evaluate.evaluate(str(ast_path), str(speech_path), cache, None, False)
    print(json.dumps(report, indent=1))
    return EXIT_OK


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description=__doc__)
    parser.add_argument("work", type=Path, help="folder for rendered clips and states (9 GB)")
    Folders.add_arguments(parser)
    parser.add_argument("--output", type=Path, help="folder for the models (default: the suite's)")
    parser.add_argument("--seed", type=whole_number(at_least=0), default=0)
    parser.add_argument("--quick", action="store_true", help="very little of everything: a trial")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    speech: Path | None = arguments.work / "speech"
    work, amounts, output = arguments.work, FULL, arguments.output
    if arguments.quick:
        speech = speech if speech and speech.is_dir() else None  # a trial lets nobody speak
        work, amounts = work / "quick", QUICK
        output = output or work
    folders = Folders(arguments.samples, arguments.packages, speech)
    return exit_code(lambda: make(work, folders, amounts, output, arguments.seed))


if __name__ == "__main__":
    sys.exit(main())
