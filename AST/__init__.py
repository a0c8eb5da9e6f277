"""When AST hears one stem of a multitrack recording, does it name the right instrument?

``analyse`` runs a whole dataset, ``Recogniser`` one recording at a time. Both are loaded when they
are first used: ``import AST`` itself takes no time. Up to ``check_python``, an older Python must be
able to read what it imports.
"""

import importlib
from typing import TYPE_CHECKING, Any

from AST.process.environment import supply_user_and_home
from AST.supported import check_python

check_python()
supply_user_and_home()

if TYPE_CHECKING:
    from AST.recognition.recogniser import Recogniser
    from AST.run.analysis import Run, analyse
    from AST.run.shards import Shard
    from AST.settings import Settings, Windows
    from AST.version import __version__

__all__ = ["Recogniser", "Run", "Settings", "Shard", "Windows", "__version__", "analyse"]

_MODULES = {
    "Recogniser": "AST.recognition.recogniser",
    "Run": "AST.run.analysis",
    "Settings": "AST.settings",
    "Shard": "AST.run.shards",
    "Windows": "AST.settings",
    "__version__": "AST.version",
    "analyse": "AST.run.analysis",
}


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_MODULES[name]), name)
