"""What a run reports while it goes on: nothing, or lines and a progress bar on stderr."""

import sys
from typing import TYPE_CHECKING, Any

from tqdm import tqdm

from AST.labels import OutputNames
from AST.metrics import is_match
from AST.writing import visible

if TYPE_CHECKING:
    from AST.engines.stem_result import StemResult


class Progress:
    """Receives the reports of a run; this one prints nothing."""

    def say(self, line: str) -> None:
        """A line for people."""

    def begin(self, stem_count: int, done_count: int, outputs: OutputNames) -> None:
        """The models start to work; some stems were done before."""

    def finish(self, result: "StemResult") -> None:
        """One more stem is done, and its row is on disk."""

    def working(self, who: str) -> None:
        """Who works from now on, in a few words such as ``2 nodes``."""

    def end(self) -> None:
        """The models have stopped."""


class ConsoleProgress(Progress):
    """Prints to stderr, with a progress bar below the lines.

    Args:
        verbose: Whether to print a line for each stem.
    """

    def __init__(self, verbose: bool = False) -> None:
        self._verbose = verbose
        self._bar: Any = None
        self._who = ""
        self._outputs: OutputNames | None = None

    def say(self, line: str) -> None:
        tqdm.write(visible(line), file=sys.stderr)  # names come from files

    def begin(self, stem_count: int, done_count: int, outputs: OutputNames) -> None:
        self._outputs = outputs
        tqdm.monitor_interval = 0  # its thread would only refresh the bar
        self._bar = tqdm(total=stem_count, initial=done_count, unit="file")
        self.working(self._who)

    def finish(self, result: "StemResult") -> None:
        self._bar.update()
        for line in lines_about(result, self._verbose, self._outputs):
            self.say(line)

    def working(self, who: str) -> None:
        self._who = who
        if self._bar is not None:
            self._bar.set_postfix_str(who)

    def end(self) -> None:
        if self._bar is not None:
            self._bar.close()


def lines_about(result: "StemResult", verbose: bool, outputs: OutputNames | None) -> list[str]:
    """What to print about one stem: its failure or warning, and if verbose its labels.

    The line of a stem whose proposed label is wrong starts with that.
    """
    from AST.rules import best_instrument  # loads NumPy

    path = result.row.path
    lines = []
    if result.failure:
        lines.append(f"error: {path}: {result.failure}")
    if result.warning:
        lines.append(f"warning: {path}: {result.warning}")
    if verbose and not result.failure:
        by_ast = ""
        if result.scores is not None:
            speech_score = result.speech_score_percent
            name, score = best_instrument(result.scores, speech_score, outputs=outputs)
            by_ast = f" (AST: {name.lower()} {score:.3f})"
        mark = "" if is_match(result.row) else "wrong: "
        lines.append(
            f"{mark}{path}: speech score {result.speech_score_percent:.1f} %, "
            f"prediction {result.row.prediction}{by_ast}, "
            f"proposed label {result.row.proposed_label}, label {result.row.label}"
        )
    return lines
