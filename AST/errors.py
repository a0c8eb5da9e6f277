"""The two kinds of error that a user can meet."""


class UsageError(Exception):
    """The command cannot run. Its one-line message says what to do next; the exit code is 2."""


class StemError(Exception):
    """One file cannot be analysed. Its row says ``error``, and the run continues."""
