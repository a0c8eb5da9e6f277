"""Finds the models' files, fetches missing ones, and verifies them.

``python -m AST.weights`` shows which files are here. ``--fetch`` fetches the missing ones.
``--verify`` checks that this machine gives the figures that are public.
"""

import argparse
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.checkpoint_files import find_checkpoint
from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED, exit_code, new_parser
from AST.errors import UsageError
from AST.fetching import fetch, find_cached
from AST.local_model import FoundFile, LocalModel, hashed, unreadable, verify, verify_all
from AST.model_files import (
    AST_FILE,
    MODEL_FILES,
    PUBLISHED,
    PUBLISHED_NAME,
    SPEECH_FILE,
    TINY,
    ModelFile,
)
from AST.results import OUTPUT_FLAG


def find(choice: str, model_file: ModelFile) -> FoundFile:
    """The file that a choice means. ``published`` fetches it if necessary.

    Args:
        choice: ``published``, ``tiny`` or the path of a file; for AST, also what
            ``find_checkpoint`` takes.

    Raises:
        UsageError: The file does not exist, cannot be fetched, or is not AST.
    """
    is_ast = model_file.role == AST_FILE.role
    if is_ast and choice == PUBLISHED_NAME:
        choice = PUBLISHED
    if is_ast and choice not in (PUBLISHED, TINY) and (found := find_checkpoint(choice)):
        return FoundFile(found[0], model_file, checkpoint=found[1])
    if choice != PUBLISHED:
        path = model_file.embedded if choice == TINY else Path(choice)
    elif local := next(filter(Path.is_file, model_file.local_paths), None):
        path = local
    else:
        return FoundFile(find_cached(model_file) or fetch(model_file), model_file, is_fetched=True)
    try:
        os.stat(path)
    except OSError as error:
        raise unreadable(path, model_file, error) from error
    return FoundFile(path, model_file)


def find_both(model: str, speech_model: str | None) -> dict[str, FoundFile]:
    """The files of ``ast`` and ``speech``.

    Args:
        model: See ``choice`` of ``find``.
        speech_model: The same. None chooses ``tiny`` if AST is ``tiny``, else ``published``.

    Raises:
        UsageError: See ``find``.
    """
    companion = TINY if model == TINY else PUBLISHED
    return {"ast": find(model, AST_FILE), "speech": find(speech_model or companion, SPEECH_FILE)}


def obtain(choice: str, model_file: ModelFile) -> LocalModel:
    """Finds a file and verifies it; see ``find`` and ``verify``."""
    return verify(find(choice, model_file))


def obtain_both(model: str, speech_model: str | None) -> dict[str, LocalModel]:
    """Finds both files and verifies them; see ``find_both`` and ``verify``."""
    return verify_all(find_both(model, speech_model))


def _status(model_file: ModelFile) -> tuple[str, bool]:
    """Where a model file is, in words for the user, and whether a run can use it."""
    local = next(filter(Path.is_file, model_file.local_paths), None) or find_cached(model_file)
    if local is None:
        return "not here yet", False
    try:
        model = hashed(local, model_file)
    except UsageError as error:
        return f"cannot be used: {error}", False
    if model.is_published:
        return f"verified: {local}", True
    state = "local file, not the published one" if local in model_file.local_paths else "wrong hash"
    return f"{state}: {local}, sha256 {model.sha256}", local in model_file.local_paths


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser("Shows which of the published model files are here, and verifies them.")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--fetch", action="store_true", help="fetch the missing files")
    what.add_argument(
        "--verify",
        action="store_true",
        help="fetch the missing files, then check that this machine gives the public figures of "
        "the models, and say how fast it is",
    )
    group = parser.add_argument_group("with --verify")
    group.add_argument(
        "--all", action="store_true", help="check the AST authors' other checkpoints, too (2 GB)"
    )
    group.add_argument(
        "--dsd100subset",
        type=Path,
        metavar="FOLDER",
        help="DSD100 or its public sample: check seven stems from the file to the score",
    )
    group.add_argument(
        OUTPUT_FLAG,
        type=Path,
        default=Path("verified.json"),
        metavar="FILE",
        help="all checks for a bug report (default: %(default)s)",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    if arguments.verify:
        return exit_code(lambda: _verify(arguments))
    return exit_code(lambda: show(arguments.fetch))


def _verify(arguments: argparse.Namespace) -> int:
    # By its name: the checks need all rooms, and this file is below them.
    command = importlib.import_module("AST.verification.command")
    code: int = command.verify(arguments.output, arguments.all, arguments.dsd100subset)
    return code


def show(fetch_missing: bool) -> int:
    """Prints the state of each published file. Returns the exit code."""
    usable = []
    for model_file in MODEL_FILES:
        if fetch_missing:
            try:
                obtain(PUBLISHED, model_file)
            except UsageError as error:
                print(f"error: {error}", file=sys.stderr)
        state, is_usable = _status(model_file)
        usable.append(is_usable)
        print(model_file.what)
        print(f"  {state}")
        print(f"  from {model_file.url}")
        print(f"  {model_file.size_bytes:,} bytes, sha256 {model_file.sha256}")
        print(f"  licence {model_file.licence}")
    return EXIT_OK if all(usable) else EXIT_SOME_FILES_FAILED


if __name__ == "__main__":
    sys.argv[0] = "python -m AST.weights"  # for the help, which says weights.py up to Python 3.11
    sys.exit(main())
