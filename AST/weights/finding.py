"""Finds the files that a user names, fetches missing ones, and verifies them."""

import os
from pathlib import Path

from AST.weights.checkpoint_files import find_checkpoint
from AST.weights.fetching import fetch, find_cached
from AST.weights.local_model import FoundFile, LocalModel, unreadable, verify, verify_all
from AST.weights.model_files import (
    AST_FILE,
    PUBLISHED,
    PUBLISHED_NAME,
    SPEECH_FILE,
    TINY,
    ModelFile,
)


def find(choice: str, model_file: ModelFile) -> FoundFile:
    """The file that a choice means. ``published`` fetches it if necessary.

    Args:
        choice: ``published``, ``tiny`` or the path of a file; for AST, also what
            ``find_checkpoint`` takes.

    Raises:
        UsageError: The file does not exist, cannot be fetched, or is not AST.
    """
    is_ast = model_file.role == AST_FILE.role
    if is_ast and choice == PUBLISHED_NAME:
        choice = PUBLISHED
    if is_ast and choice not in (PUBLISHED, TINY) and (found := find_checkpoint(choice)):
        return FoundFile(found[0], model_file, checkpoint=found[1])
    if choice != PUBLISHED:
        path = model_file.embedded if choice == TINY else Path(choice)
    elif local := next(filter(Path.is_file, model_file.local_paths), None):
        path = local
    else:
        return FoundFile(find_cached(model_file) or fetch(model_file), model_file, is_fetched=True)
    try:
        os.stat(path)
    except OSError as error:
        raise unreadable(path, model_file, error) from error
    return FoundFile(path, model_file)


def find_both(model: str, speech_model: str | None) -> dict[str, FoundFile]:
    """The files of ``ast`` and ``speech``.

    Args:
        model: See ``choice`` of ``find``.
        speech_model: The same. None chooses ``tiny`` if AST is ``tiny``, else ``published``.

    Raises:
        UsageError: See ``find``.
    """
    companion = TINY if model == TINY else PUBLISHED
    return {"ast": find(model, AST_FILE), "speech": find(speech_model or companion, SPEECH_FILE)}


def obtain(choice: str, model_file: ModelFile) -> LocalModel:
    """Finds a file and verifies it; see ``find`` and ``verify``."""
    return verify(find(choice, model_file))


def obtain_both(model: str, speech_model: str | None) -> dict[str, LocalModel]:
    """Finds both files and verifies them; see ``find_both`` and ``verify``."""
    return verify_all(find_both(model, speech_model))
