"""Supplies what a process may lack in a container or a batch job: a user name, a home, streams.

Other libraries fail without them. This module runs before Python's version is checked, so it must
be readable for Python 3.6.
"""

import getpass
import os
import sys


def supply_user_and_home() -> None:
    """Sets ``USER`` and ``HOME`` if this process has none and the system does not know its user.

    torch's compiler asks for the user's name when it is imported. Caches are below the home.
    """
    try:
        getpass.getuser()
    except (KeyError, OSError):  # KeyError up to Python 3.12
        os.environ["USER"] = str(os.getuid())
    if os.path.expanduser("~") == "~":
        os.environ["HOME"] = _private_folder()


def _private_folder() -> str:
    """A folder for temporary files that belongs to this user and is the same in each run."""
    import tempfile

    try:
        folder = os.path.join(tempfile.gettempdir(), f"ast-stems-{os.getuid()}")
        os.makedirs(folder, 0o700, exist_ok=True)
        is_own = os.lstat(folder).st_uid == os.getuid()  # anybody could have made it
        return folder if is_own else tempfile.mkdtemp()
    except OSError:  # nothing can be written here; who needs a cache will say so
        return "/"


def supply_streams() -> None:
    """Opens stdin, stdout and stderr to nowhere if they are closed, as after ``>&-``.

    Otherwise the next file that is opened would take their number, and what other libraries print
    would go into it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 (for the whole process)
