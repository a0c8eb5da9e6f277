"""The two ways in which a run goes wrong."""


class UsageError(Exception):
    """The command cannot run: its one-line message says what to do next, and the exit code is 2."""


class StemError(Exception):
    """One file cannot be analysed: its row reads ``error`` and the run goes on."""
