"""The suite's version, and its commit."""

import subprocess
from pathlib import Path

__version__ = "1.0.0"
CHECKOUT = Path(__file__).parents[1]


def commit() -> str | None:
    """The Git commit of the suite's checkout; None if it is installed, or Git cannot say."""
    if not (CHECKOUT / ".git").exists():  # Git would look for one in the folders above
        return None
    try:
        command = ["git", "-C", str(CHECKOUT), "rev-parse", "--verify", "HEAD"]
        found = subprocess.run(command, capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return found.stdout.strip()
