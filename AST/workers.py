"""Processes that prepare files ahead of the models."""

import functools
import itertools
import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Iterator, Sequence

from torch.utils.data import DataLoader

from AST.datasets import Stem
from AST.essentia_quietly import essentia_standard
from AST.preparation import FailedStem, PreparedStem, PreparedStems

PARENT_CHECK_S = 0.5


class Preparation:
    """Workers that prepare stems ahead, in walk order; they start at once.

    Start it before the models are loaded: on Linux the processes are forked, and what TensorFlow
    and CUDA start would not survive that; and the first files are ready when the models are.
    """

    def __init__(self, stems: Sequence[Stem], workers: int) -> None:
        essentia_standard()  # imported once here, not in every worker
        others = set(multiprocessing.active_children())
        loader = DataLoader(
            PreparedStems(list(stems)),
            batch_size=None,
            num_workers=workers,
            worker_init_fn=functools.partial(_set_up_worker, os.getpid()),
        )
        self._prepared = iter(loader)
        self._workers = set(multiprocessing.active_children()) - others

    def stop(self) -> None:
        """Ends the workers at once; torch would give each five seconds to finish its file."""
        told_of_deaths = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            for worker in self._workers:
                worker.terminate()
            for worker in self._workers:
                worker.join()
        finally:
            signal.signal(signal.SIGCHLD, told_of_deaths)

    def batches(self, batch_size: int) -> Iterator[list[PreparedStem | FailedStem]]:
        """Lists of prepared stems, all but the last of the same length."""
        while batch := list(itertools.islice(self._prepared, batch_size)):
            yield batch


def _set_up_worker(main_process: int, worker: int) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches every process; one is to answer
    threading.Thread(target=_end_with_the_main_process, args=[main_process], daemon=True).start()


def _end_with_the_main_process(main_process: int) -> None:
    # torch's own watch does not help a worker that waits for the killed main process to read.
    while os.getppid() == main_process:
        time.sleep(PARENT_CHECK_S)
    os._exit(1)


def worker_death(error: BaseException, stems: Sequence[Stem]) -> str | None:
    """What to tell the user if a worker's death is at the bottom of an error, else None.

    torch raises that wherever the main process happens to be, such as in loading a model.

    Args:
        stems: Those that were not done yet.
    """
    while "DataLoader worker" not in str(error):
        if error.__cause__ is None:
            return None
        error = error.__cause__
    return (
        f"a worker process died ({' '.join(str(error).split())}) at {stems[0].path_text} or soon "
        "after it; start the same command again with fewer --workers; if one dies again, put an "
        "empty file in the place of the one to blame"
    )
