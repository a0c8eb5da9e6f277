"""``ast-stems weights``, also ``python -m AST.weights``: shows which model files are here.

``--fetch`` fetches the missing ones. ``--verify`` checks that this machine gives the figures that
are public.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import EXIT_OK, EXIT_SOME_FILES_FAILED, exit_code, new_parser
from AST.errors import UsageError
from AST.results import OUTPUT_FLAG
from AST.weights.fetching import find_cached
from AST.weights.finding import obtain
from AST.weights.local_model import hashed
from AST.weights.model_files import MODEL_FILES, PUBLISHED, ModelFile

VERIFIED = Path("verified.json")


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
        metavar="FILE",
        help=f"all checks for a bug report (default: {VERIFIED})",
    )
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    parser = build_parser()
    arguments = parser.parse_args(argv)
    if arguments.verify:
        return exit_code(lambda: _verify(arguments))
    if arguments.all or arguments.dsd100subset or arguments.output:
        parser.error(f"--all, --dsd100subset and {OUTPUT_FLAG} need --verify")
    return exit_code(lambda: show(arguments.fetch))


def _verify(arguments: argparse.Namespace) -> int:
    from AST.verification.command import verify  # loads torch

    return verify(arguments.output or VERIFIED, arguments.all, arguments.dsd100subset)


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
