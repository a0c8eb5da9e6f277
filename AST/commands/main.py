"""``ast-stems``: one console command for all of them."""

import importlib
import sys
from collections.abc import Sequence

from AST.command_line import EXIT_CANNOT_RUN, new_parser

COMMANDS = {
    "analyze": ("AST.commands.analyze", "run AST on a dataset"),
    "merge": ("AST.commands.merge", "join the results of all shards of a run"),
    "accuracy": ("AST.commands.accuracy", "accuracy and figures of a results file"),
    "labels": ("AST.list_labels", "list the labels in a results file"),
    "relabel": ("AST.commands.relabel", "apply another label dictionary to a results file"),
    "explain": ("AST.commands.explain", "draw what AST attends to in one file"),
    "weights": ("AST.commands.weights", "show or fetch the published model files"),
}
"""Each command's module, whose ``main`` takes the rest of the command line, and its summary."""


def main(argv: Sequence[str] | None = None) -> int:
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments and arguments[0] in COMMANDS:
        name = arguments[0]
        sys.argv[0] = f"ast-stems {name}"  # what the command's own help calls itself
        code: int = importlib.import_module(COMMANDS[name][0]).main(arguments[1:])
        return code
    parser = new_parser("AST on the stems of multitrack recordings.", prog="ast-stems")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (_, summary) in COMMANDS.items():
        commands.add_parser(name, help=summary)
    parser.parse_args(arguments)
    return EXIT_CANNOT_RUN
