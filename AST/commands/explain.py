"""Explains the prediction for one file: a picture of AST's input and of what it attends to.

With several windows it is a picture of AST's scores over the time of the file.
"""

import argparse
import functools
import sys
from collections.abc import Callable, Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from AST.audio_streams import stream_number
from AST.command_line import EXIT_OK, exit_code, new_parser
from AST.commands.arguments import LABELS_HELP, add_model_flags, add_window_flags, windows_in
from AST.datasets import DATASETS
from AST.dictionary import check_names, dictionary_path, read_dictionary
from AST.errors import StemError, UsageError
from AST.metrics import normalised
from AST.results import OUTPUT_FLAG, check_distinct, check_output
from AST.run.keeping import keep_earlier
from AST.settings import CPU, Settings, Windows
from AST.writing import printable, writing

if TYPE_CHECKING:
    from AST.explain.explanation import Explanation
    from AST.explain.timeline import Timeline
    from AST.labels import LabelMap
    from AST.recognition.recogniser import Recogniser

Draw = Callable[[Path], None]
"""Writes a picture."""

PICTURE_SUFFIXES = (".png", ".svg", ".pdf")
PLACES_SHOWN = 4


def build_parser() -> argparse.ArgumentParser:
    parser = new_parser(
        "Draws AST's input for one file, what AST attends to in it, and the ten best instrument "
        "names. Prints which seconds of the file the input comes from. With several windows, draws "
        "the scores of ten names over the time of the file."
    )
    parser.add_argument("file", type=Path, help="audio file")
    dictionary = parser.add_mutually_exclusive_group()
    dictionary.add_argument(
        "--dataset",
        choices=list(DATASETS),
        default="moisesdb",
        help="whose label dictionary says which class the prediction counts as "
        "(default: %(default)s)",
    )
    dictionary.add_argument(
        "--labels", type=dictionary_path, metavar="DICTIONARY", help=LABELS_HELP
    )
    add_model_flags(parser)
    add_window_flags(parser)
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="picture: .png, .svg or .pdf (default: <song>.<stem>.explained.png, from the names "
        "of the folder and the file)",
    )
    return parser


def explain_file(arguments: argparse.Namespace) -> int:
    """Runs both models on a file, prints the result and draws it. Returns the exit code.

    Raises:
        UsageError: A model or the file cannot be used, or the picture cannot be written.
    """
    file: Path = arguments.file
    windows = windows_in(arguments)
    dataset = DATASETS[arguments.dataset]
    names_of_class, whose = dataset.names_of_class, f"{dataset.name}'s dictionary"
    if arguments.labels:
        names_of_class, whose = read_dictionary(arguments.labels), str(arguments.labels)
    output: Path = arguments.output or default_picture(file, names_of_class)
    if not stream_number(file)[0].is_file():
        found = "is a folder" if file.is_dir() else "does not exist"
        raise UsageError(f"{printable(file)}: {found}; expected an audio file")
    check_output(output)
    check_distinct([file], [output])
    if output.suffix.lower() not in PICTURE_SUFFIXES:
        raise UsageError(f"{output}: expected a name that ends in {', '.join(PICTURE_SUFFIXES)}")
    from AST.labels import LabelMap
    from AST.recognition.recogniser import Recogniser

    recogniser = Recogniser(arguments.model, arguments.speech_model, Settings(device=CPU))
    for name, model in recogniser.files.items():
        print(f"{name} model: {model.path} ({model.kind})", file=sys.stderr)
    check_names(names_of_class, recogniser.models.config.outputs)
    try:
        draw = _explained(file, recogniser, LabelMap(names_of_class), windows, whose)
    except StemError as error:
        raise UsageError(f"{printable(file)}: {error}") from error
    with writing(output, OUTPUT_FLAG):
        kept = None if arguments.output else keep_earlier(output)
        draw(output)
    print(f"picture: {output}" + (f"; the earlier one is kept: {kept}" if kept else ""))
    return EXIT_OK


def _explained(
    file: Path, recogniser: "Recogniser", label_map: "LabelMap", windows: Windows, whose: str
) -> Draw:
    """Runs both models and prints the result.

    Args:
        whose: The label dictionary, in words.

    Raises:
        StemError: The file cannot be analysed, or it contains no sound.
    """
    if windows.are_the_studys:
        from AST.explain.explanation import explain
        from AST.explain.picture import draw

        explanation = explain(file, recogniser, label_map, windows.pad)
        title = _tell(file, explanation, f"{explanation.proposed_label} ({whose})")
        return functools.partial(draw, title=title, explanation=explanation)
    from AST.explain.timeline import timeline
    from AST.explain.timeline_picture import draw_timeline

    found = timeline(file, recogniser, label_map, windows)
    title = _tell_timeline(file, found, f"{found.proposed_label} ({whose})")
    return functools.partial(draw_timeline, title=title, timeline=found)


def default_picture(file: Path, classes: Container[str]) -> Path:
    """The picture's name if the user gives none.

    A folder with the name of a class is not the song's: the song's is the one above.

    >>> default_picture(Path("DSD100/Sources/Dev/051 - A - B/bass.wav"), {"bass"}).name
    '051 - A - B.bass.explained.png'
    >>> default_picture(Path("moisesdb_v0.1/9653a690/bass/9eb0e462.wav"), {"bass"}).name
    '9653a690.9eb0e462.explained.png'
    """
    folder = file.absolute().parent
    song = folder.parent if normalised(folder.name) in classes else folder
    return Path(".".join(filter(None, (song.name, file.stem, "explained.png"))))


def _tell(file: Path, explanation: "Explanation", proposed_label: str) -> str:
    """Prints the result. Returns a title for the picture."""
    from AST.explain.explanation import clock

    places = [f"{clock(start)} to {clock(end)}" for start, end in explanation.places_s]
    print(f"{printable(file)}: {explanation.verdict}")
    print(f"proposed label: {proposed_label}")
    print(f"AST's input, of {clock(explanation.duration_s)}: {', '.join(places)}")
    for name, score in explanation.best:
        print(f"  {score:.3f} {name.lower()}")
    shown = ", ".join(places[:PLACES_SHOWN])
    more = f" and {len(places) - PLACES_SHOWN} more" if len(places) > PLACES_SHOWN else ""
    return (
        f"{printable(file.name)} - {explanation.verdict}\n"
        f"proposed label: {proposed_label}; AST's input: {shown}{more}"
    )


def _tell_timeline(file: Path, timeline: "Timeline", proposed_label: str) -> str:
    """Prints the result, and a line for each window. Returns a title for the picture."""
    from AST.explain.explanation import clock

    print(f"{printable(file)}: {timeline.verdict}")
    print(f"proposed label: {proposed_label}")
    print(
        f"{len(timeline.windows)} windows, of {clock(timeline.duration_s)}; the best name of each:"
    )
    for one in timeline.windows:
        mark = "; the study's" if one.is_study else ""
        label = f"{one.name.lower()} ({one.class_name}{mark})"
        print(f"  {clock(one.start_s):>7}  {one.score:.3f} {label}")
    print("best names of the file:")
    for name, score in zip(timeline.names, timeline.pooled, strict=True):
        print(f"  {score:.3f} {name.lower()}")
    return (
        f"{printable(file.name)} - {timeline.verdict}\n"
        f"proposed label: {proposed_label}; {len(timeline.windows)} windows"
    )


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    return exit_code(lambda: explain_file(arguments))
