"""What all command lines share: exit codes, ``--version`` and checked argument types."""

import argparse
import io
import os
import sys
from collections.abc import Callable

from AST.errors import UsageError
from AST.process.environment import supply_streams
from AST.version import __version__
from AST.writing import visible

EXIT_OK = 0
EXIT_SOME_FILES_FAILED = 1
EXIT_CANNOT_RUN = 2
EXIT_UNFORESEEN = 70
"""``EX_SOFTWARE`` in sysexits.h: an error of the program itself."""
EXIT_INTERRUPTED = 130
EXIT_BROKEN_PIPE = 141
"""Shells use 130 after Ctrl-C and 141 when the reader of the output has closed the pipe."""


def new_parser(description: str, prog: str | None = None) -> argparse.ArgumentParser:
    """A parser with ``--version``, as every command has it. Its first use makes streams usable."""
    supply_streams()
    parser = argparse.ArgumentParser(prog=prog, description=description)
    parser.add_argument("--version", action="version", version=f"ast-stems {__version__}")
    return parser


def exit_code(run: Callable[[], int]) -> int:
    """Runs a command. Turns an error into one line on stderr, and returns the exit code."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # file names may hold any character
    try:
        code = run()
        sys.stdout.flush()
        return code
    except UsageError as error:
        print(f"error: {visible(error)}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    except KeyboardInterrupt:
        print("stopped by Ctrl-C", file=sys.stderr)
        return EXIT_INTERRUPTED
    except BrokenPipeError:  # the reader of our output, such as head, has closed the pipe
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_BROKEN_PIPE
    except OSError as error:
        print(f"error: {visible(error)}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    except ModuleNotFoundError as error:
        print(f"error: {error}; pip install -r requirements.txt", file=sys.stderr)
        return EXIT_CANNOT_RUN
    except Exception as error:
        from AST.process.crash_log import log_crash  # takes time

        reason = " ".join(f"{type(error).__name__}: {error}".split())[:300]
        print(f"error: unforeseen {visible(reason)}; {log_crash(error)}", file=sys.stderr)
        return EXIT_UNFORESEEN


def whole_number(at_least: int) -> Callable[[str], int]:
    """An argparse type.

    >>> whole_number(at_least=1)("8")
    8
    """

    def parse(text: str) -> int:
        try:
            number = int(text)
        except ValueError:
            number = at_least - 1
        if number < at_least:
            raise argparse.ArgumentTypeError(
                f"{text!r}: expected a whole number, {at_least} or more"
            )
        return number

    return parse
