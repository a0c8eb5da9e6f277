"""Threads, also where the system lets a process start none."""

import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


def some_threads(count: int) -> Executor:
    """Threads that work at the same time; if they cannot be started, the calling thread itself."""
    threads = ThreadPoolExecutor(count)
    all_started = threading.Event()
    try:
        for _ in range(count):
            threads.submit(all_started.wait)
    except RuntimeError:  # can't start new thread
        return ThisThread()
    finally:
        all_started.set()
    return threads


class ThisThread(Executor):
    """Does at once what it gets."""

    def submit(
        self, function: Callable[P, T], /, *arguments: P.args, **named: P.kwargs
    ) -> "Future[T]":
        future: Future[T] = Future()
        try:
            future.set_result(function(*arguments, **named))
        except Exception as error:  # result() raises it
            future.set_exception(error)
        return future
