"""Tests that stderr works again after messages were discarded."""

import os
import threading

from AST.process.quiet import no_messages


def test_two_threads_restore_stderr() -> None:
    before = os.fstat(2)
    both_started = threading.Barrier(2)

    def write_discarded() -> None:
        both_started.wait(timeout=10)
        for _ in range(200):
            with no_messages():
                os.write(2, b"must not appear")

    threads = [threading.Thread(target=write_discarded) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.path.samestat(os.fstat(2), before)
