"""A training's state on disk: what it resumes from, and what is exported."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from AST.errors import UsageError

STATE_FILE = "state.pt"


def write_state(path: Path, state: Mapping[str, Any]) -> None:
    """Replaces the file once the new one is whole."""
    import torch

    partial = path.with_suffix(".partial")
    torch.save(dict(state), partial)
    partial.replace(path)


def read_state(path: Path, settings: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """What ``write_state`` wrote.

    Args:
        settings: What the state must have been made with; None takes any.

    Raises:
        UsageError: The file is not there, no training state, or of other settings.
    """
    import torch

    try:
        with open(path, "rb"):
            pass  # what cannot be opened is told apart from what cannot be understood
        state = torch.load(path, map_location="cpu", weights_only=True)
    except OSError as error:
        raise UsageError(
            f"{path}: cannot be read ({error.strerror}); expected a {STATE_FILE} of "
            "python -m training.train"
        ) from error
    except Exception as error:  # a damaged pickle can end in any error
        raise UsageError(f"{path}: damaged; delete it and train anew") from error
    if not isinstance(state, dict) or not {"average", "settings"} <= state.keys():
        raise UsageError(f"{path}: expected a {STATE_FILE} of python -m training.train")
    if settings is not None and state["settings"] != settings:
        raise UsageError(
            f"{path}: of {state['settings']}, expected {dict(settings)}; take another folder"
        )
    return state
