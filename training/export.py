"""Writes trained weights for ``--model tiny``: ``python -m training.export STATE``.

Half precision, in the published format; the suite reads it like any other AST.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from AST.command_line import EXIT_OK, exit_code
from AST.model_files import AST_FILE
from AST.writing import writing
from training.state import STATE_FILE, read_state


def export(state_path: Path, output: Path) -> None:
    """The running average of a training state, as float16 safetensors.

    Raises:
        UsageError: There is no such state, or the output cannot be written.
    """
    from AST.ast_model import AudioSpectrogramTransformer
    from AST.checkpoint import save_checkpoint
    from training.network import SIZE

    model = AudioSpectrogramTransformer(SIZE)
    model.load_state_dict(read_state(state_path)["average"])
    with writing(output, "--output"):
        save_checkpoint(model.half(), output)


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training.export", description=__doc__)
    parser.add_argument("state", type=Path, help=f"the {STATE_FILE} of python -m training.train")
    parser.add_argument("--output", type=Path, default=AST_FILE.embedded)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: _export_and_say(arguments.state, arguments.output))


def _export_and_say(state: Path, output: Path) -> int:
    export(state, output)
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")
    return EXIT_OK


if __name__ == "__main__":
    sys.exit(main())
