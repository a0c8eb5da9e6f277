"""Processes that prepare files while the models work."""

import functools
import itertools
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from torch.utils.data import DataLoader, Dataset

from AST.audio.essentia_quietly import essentia_standard
from AST.audio.preparation import PreparedStem, prepare
from AST.datasets.dataset import Stem
from AST.errors import StemError

PARENT_CHECK_S = 0.5


@dataclass(frozen=True)
class FailedStem:
    """A file that cannot be analysed, and why."""

    reason: str


class PreparedStems(Dataset[PreparedStem | FailedStem]):
    """Prepared stems by index, for torch's ``DataLoader``.

    They hold arrays, not tensors: tensors would travel through shared memory, and containers often
    have almost none.
    """

    def __init__(self, stems: Sequence[Stem]) -> None:
        self._stems = list(stems)

    def __len__(self) -> int:
        return len(self._stems)

    def __getitem__(self, index: int) -> PreparedStem | FailedStem:
        try:
            return prepare(self._stems[index].path)
        except StemError as error:
            return FailedStem(str(error))
        except Exception as error:  # whatever goes wrong in one file, the run must continue
            return FailedStem(f"fails unexpectedly: {type(error).__name__}: {error}")


class Preparation:
    """Workers that prepare stems in walk order. They start at once.

    Start them before the models are loaded. On Linux the processes are forked, and threads that
    TensorFlow and CUDA have started do not survive that. Also, the first files are then ready when
    the models are.
    """

    def __init__(self, stems: Sequence[Stem], workers: int) -> None:
        essentia_standard()  # imported once here instead of once in every worker
        others = set(multiprocessing.active_children())
        loader = DataLoader(
            PreparedStems(stems),
            batch_size=None,
            num_workers=workers,
            # Python 3.14 has another default, in which the workers are not our children.
            multiprocessing_context="fork" if workers and sys.platform == "linux" else None,
            worker_init_fn=functools.partial(_set_up_worker, os.getpid()),
        )
        self._prepared = iter(loader)
        self._workers = set(multiprocessing.active_children()) - others

    def stop(self) -> None:
        """Ends the workers at once. torch would give each five seconds to finish its file."""
        torchs_handler = signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        try:
            for worker in self._workers:
                worker.terminate()
            for worker in self._workers:
                worker.join()
        finally:
            signal.signal(signal.SIGCHLD, torchs_handler)

    def batches(self, batch_size: int) -> Iterator[list[PreparedStem | FailedStem]]:
        """Lists of prepared stems. All but the last have the same length."""
        while batch := list(itertools.islice(self._prepared, batch_size)):
            yield batch


def _set_up_worker(main_process: int, worker: int) -> None:
    # Ctrl-C reaches every process; only the main one answers it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_the_main_process, args=[main_process], daemon=True).start()


def _end_with_the_main_process(main_process: int) -> None:
    # torch watches the main process too, but not while a worker waits for it to read.
    while os.getppid() == main_process:
        time.sleep(PARENT_CHECK_S)
    os._exit(1)


def worker_death(error: BaseException, stems: Sequence[Stem]) -> str | None:
    """What to tell the user if an error comes from a worker that died, else None.

    torch raises such an error wherever the main process is, for example while it loads a model.

    Args:
        stems: The stems that were not done yet.
    """
    while "DataLoader worker" not in str(error):
        if error.__cause__ is None:
            return None
        error = error.__cause__
    return (
        f"a worker process died ({' '.join(str(error).split())}) at {stems[0].path_text} or soon "
        "after it; start the same command again with fewer --workers; if one dies again, replace "
        "the file that causes it by an empty file"
    )
