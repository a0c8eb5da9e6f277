"""Says in one line if this machine cannot install the suite: ``python -m AST.supported``.

It runs before pip does, so it uses the standard library only. Essentia decides: it has wheels for
Linux on x86-64 and for macOS (index of PyPI, essentia-tensorflow 2.1b6.dev1389 and dev1438).

An older Python must be able to read this file, so its types are as in Python 3.6.
"""

import sys
from typing import Optional, Tuple

EXIT_CANNOT_RUN = 2
OLDEST_PYTHON, NEWEST_PYTHON = (3, 10), (3, 14)
SUPPORTED_MACHINES = {"Linux": ("x86_64",), "Darwin": ("arm64", "x86_64")}


def problem(system: str, machine: str, python: Tuple[int, int]) -> Optional[str]:
    """Why the suite cannot be installed, or None.

    Args:
        system: As ``platform.system()`` gives it.
        machine: As ``platform.machine()`` gives it.

    >>> problem("Linux", "x86_64", (3, 11))
    >>> problem("Linux", "aarch64", (3, 11))
    'Essentia has no package for Linux on aarch64; use Linux on x86_64 or macOS'
    """
    if machine not in SUPPORTED_MACHINES.get(system, ()):
        return f"Essentia has no package for {system} on {machine}; use Linux on x86_64 or macOS"
    if not OLDEST_PYTHON <= python <= NEWEST_PYTHON:
        return (
            f"Essentia has no package for Python {python[0]}.{python[1]}; use Python 3.10 to 3.14, "
            "for example make demo PYTHON=python3.13"
        )
    return None


def check_python() -> None:
    """Ends the program with one line if this Python is too old for the rest of the package."""
    if sys.version_info[:2] < OLDEST_PYTHON:
        print(
            f"error: this is Python {sys.version_info[0]}.{sys.version_info[1]}; use Python 3.10 "
            "to 3.14, for example make demo PYTHON=python3.13",
            file=sys.stderr,
        )
        sys.exit(EXIT_CANNOT_RUN)


def main() -> int:
    import platform

    found = problem(platform.system(), platform.machine(), sys.version_info[:2])
    if found:
        print(f"error: {found}", file=sys.stderr)
        return EXIT_CANNOT_RUN
    return 0


if __name__ == "__main__":
    sys.exit(main())
