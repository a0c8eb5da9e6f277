"""Where Ray is not installed, modules that need it are not searched for doctests."""

import importlib.util

collect_ignore_glob = [] if importlib.util.find_spec("ray") else ["AST/engines/cluster/*.py"]
