"""The engine that a user names."""

from collections.abc import Callable

from AST.engines.engine import Engine
from AST.engines.local import LocalEngine
from AST.settings import Settings


def open_engine(settings: Settings, say: Callable[[str], None]) -> Engine:
    """Whoever does the work. Close it at the end.

    Args:
        say: Takes a line for people.

    Raises:
        UsageError: There is no such engine or device here.
    """
    return LocalEngine(settings, say)
