"""Keeps the traceback of an error that nobody foresaw in a file, with what a report of it needs."""

import importlib.metadata
import platform
import sys
import tempfile
import traceback


def log_crash(error: BaseException) -> str:
    """Writes the traceback and all versions into the temporary folder. Says in words where."""
    packages = {(one.name, one.version) for one in importlib.metadata.distributions()}
    lines = [
        f"command: {sys.argv}",
        f"python: {platform.python_version()} on {platform.platform()}",
        *(f"{name}: {version}" for name, version in sorted(packages)),
        "".join(traceback.format_exception(error)),
    ]
    try:
        handle, path = tempfile.mkstemp(".log", "ast-stems-")
        with open(handle, "wb") as file:
            file.write("\n".join(lines).encode("utf-8", "backslashreplace"))
    except OSError as problem:
        place = traceback.extract_tb(error.__traceback__)[-1]
        return (
            f"no log could be written ({problem.strerror}); it happened in {place.filename}, line "
            f"{place.lineno}, in {place.name}"
        )
    return f"the traceback is in {path}; please report it with that file"
