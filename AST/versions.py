"""What results depend on besides files and settings: other packages, and the suite's own code."""

import hashlib
import importlib.metadata
from collections.abc import Sequence
from pathlib import Path

from AST.version import __version__

DECISIVE_PACKAGES = ("torch", "essentia-tensorflow", "av", "samplerate")
"""A run is not resumed with another version of one of these."""
PACKAGE = Path(__file__).parent


def versions(packages: Sequence[str] = DECISIVE_PACKAGES) -> dict[str, str]:
    """The suite's version and those of other packages."""
    others = {name: importlib.metadata.version(name) for name in packages}
    return {"ast-stems": __version__, **others}


def code_sha256() -> str:
    """Of the suite's own code: between two releases its version stays the same."""
    code = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*.py")):
        code.update(f"{path.relative_to(PACKAGE)}\n".encode() + path.read_bytes())
    return code.hexdigest()
