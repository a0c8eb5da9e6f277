"""Where Ray is not installed, modules that need it are not searched for doctests."""

import importlib.util

NEEDS_RAY = ["AST/engines/cluster/*.py", "bench/stand_in_driver.py"]
collect_ignore_glob = [] if importlib.util.find_spec("ray") else NEEDS_RAY
