#!/usr/bin/env python3
"""Why AST names what it names in one file: a picture of what it heard and attended to."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from AST.arguments import add_model_arguments
from AST.command_line import EXIT_OK, exit_code
from AST.datasets import printable
from AST.errors import StemError, UsageError

if TYPE_CHECKING:
    from AST.explanation import Explanation

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")
PLACES_SHOWN = 4


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description="Draws the log-mel spectrogram that AST heard of a file, what it attended to "
        "and its ten best instrument labels, and says where in the file the excerpt lies.",
    )
    parser.add_argument("file", type=Path, help="audio file")
    add_model_arguments(parser)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="picture, .png, .svg or .pdf (default: <file's name>.explained.png)",
    )
    return parser


def explain_file(arguments: argparse.Namespace) -> int:
    """Runs both models on a file, draws and tells. Returns the exit code.

    Raises:
        UsageError: A model or the file cannot be used, or the picture not be written.
    """
    from AST.results import OUTPUT_FLAG, check_distinct, check_output
    from AST.weights import obtain_both
    from AST.writing import writing

    file: Path = arguments.file
    output: Path = arguments.output or Path(f"{file.stem}.explained.png")
    if not file.is_file():
        found = "is a folder" if file.is_dir() else "does not exist"
        raise UsageError(f"{printable(file)}: {found}; expected an audio file")
    check_output(output)
    check_distinct([file], [output])
    if output.suffix.lower() not in PICTURE_SUFFIXES:
        raise UsageError(f"{output}: expected a name that ends in {', '.join(PICTURE_SUFFIXES)}")
    files = obtain_both(arguments.model, arguments.speech_model)
    for name, model in files.items():
        print(f"{name} model: {model.path} ({model.kind})", file=sys.stderr)
    from AST.explanation import explain
    from AST.explanation_picture import draw

    try:
        explanation = explain(file, files["ast"].path, files["speech"].path)
    except StemError as error:
        raise UsageError(f"{printable(file)}: {error}") from error
    title = _tell(file, explanation)
    with writing(output, OUTPUT_FLAG):
        draw(output, title, explanation)
    print(f"picture: {output}")
    return EXIT_OK


def _tell(file: Path, explanation: "Explanation") -> str:
    """Prints what is known. Returns a title for the picture."""
    from AST.explanation import clock

    places = [f"{clock(start)} to {clock(end)}" for start, end in explanation.places_s]
    print(f"{printable(file)}: {explanation.verdict}")
    print(f"heard, of {clock(explanation.duration_s)}: {', '.join(places)}")
    for name, score in explanation.best:
        print(f"  {score:.3f} {name.lower()}")
    shown = ", ".join(places[:PLACES_SHOWN])
    more = f" and {len(places) - PLACES_SHOWN} more" if len(places) > PLACES_SHOWN else ""
    return f"{printable(file.name)} - {explanation.verdict}\nheard: {shown}{more}"


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: explain_file(arguments))


if __name__ == "__main__":
    sys.exit(main())
