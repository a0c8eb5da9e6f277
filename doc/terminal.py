"""What a command prints in a terminal, as a page that a browser can photograph."""

import html
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
LINES_SHOWN = 48
PAGE = """<!DOCTYPE html><meta charset="utf-8"><style>
body {{ margin: 0; background: #1e1e2e; }}
pre {{ margin: 0; padding: 18px 22px; width: max-content; color: #cdd6f4;
       font: 15px/1.45 "DejaVu Sans Mono", monospace; }}
b {{ color: #a6e3a1; font-weight: normal; }}
</style><pre id="terminal"><b>$ {command}</b>
{output}</pre>"""


def terminal_page(arguments: Sequence[str], hidden: int = 0) -> str:
    """Runs ``python ARGUMENTS`` in the repository's root. Returns its output as a page.

    Args:
        hidden: How many of the last arguments the page does not show, such as a temporary folder.
    """
    finished = subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=True,
    )
    lines = [_as_seen(line) for line in finished.stdout.decode().split("\n")]
    if len(lines) > LINES_SHOWN:
        lines = [*lines[:LINES_SHOWN], "…"]
    command = shlex.join(["python", *arguments[: len(arguments) - hidden]])
    return PAGE.format(command=html.escape(command), output=html.escape("\n".join(lines)))


def _as_seen(line: str) -> str:
    """A line as a terminal shows it, after its last carriage return, without our path."""
    return line.rpartition("\r")[2].replace(f"{ROOT}/", "")
