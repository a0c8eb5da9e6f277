"""Processes that are forked from one that has loaded the models, as web servers and Celery do."""

import functools
import os

from AST.errors import UsageError


class OwnProcess:
    """The process that made something which does not work in processes forked from it.

    Args:
        what: The name of that thing, for the user.
    """

    def __init__(self, what: str) -> None:
        self._what, self._id = what, os.getpid()

    def check(self) -> None:
        """Does nothing in the process that made the thing.

        Raises:
            UsageError: This process was forked later. The thing would fail, or wait for ever.
        """
        if os.getpid() != self._id:
            raise UsageError(
                f"{self._what} was started in process {self._id} and does not work in process "
                f"{os.getpid()}, which was forked from it; load the models in each worker after "
                "the fork, and in no process before it (gunicorn: without --preload)"
            )


@functools.cache
def process_of(what: str) -> OwnProcess:
    """The process that used something first. It is the same object in processes forked from it."""
    return OwnProcess(what)


@functools.cache
def use_one_thread_when_forked() -> None:
    """From now on torch uses one thread in processes that are forked from this one.

    Its other threads do not exist there, and it would wait for them for ever.
    """
    import torch

    os.register_at_fork(after_in_child=lambda: torch.set_num_threads(1))
