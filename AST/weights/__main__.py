"""``python -m AST.weights`` is ``ast-stems weights``."""

import importlib
import sys

if __name__ == "__main__":
    sys.argv[0] = "python -m AST.weights"  # the help says it
    # By its name: commands are above this room.
    sys.exit(importlib.import_module("AST.commands.weights").main())
