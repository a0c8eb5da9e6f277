"""The engine that a user names."""

from collections.abc import Callable

from AST.engines.engine import Engine
from AST.settings import LOCAL, Settings


def open_engine(
    settings: Settings, say: Callable[[str], None], working: Callable[[str], None]
) -> Engine:
    """Whoever does the work. Close it at the end.

    Args:
        say: Takes a line for people.
        working: Takes a few words about who works, which may change.

    Raises:
        UsageError: There is no such engine or device here.
    """
    if settings.engine == LOCAL:
        from AST.engines.local import LocalEngine  # loads torch

        return LocalEngine(settings, say)
    from AST.engines.cluster.engine import RayEngine

    return RayEngine(settings, say, working)
