"""Essentia's silence ends where it should."""

import os
import threading

from AST.audio.essentia_quietly import no_messages


def test_two_threads_do_not_silence_each_other_for_ever() -> None:
    before = os.fstat(2)
    both_there = threading.Barrier(2)

    def silent() -> None:
        both_there.wait(timeout=10)
        for _ in range(200):
            with no_messages():
                os.write(2, b"not to be seen")

    threads = [threading.Thread(target=silent) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert os.path.samestat(os.fstat(2), before)
