"""A process that prepares files. It may die of one; the main process then starts another one.

Each process has a pipe of its own, so that one that dies, even in the middle of an answer, disturbs
nobody else, and its file is known.
"""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
import threading
import time
from dataclasses import dataclass
from multiprocessing.connection import Connection

import torch

from AST.audio.preparation import PreparedStem, prepare
from AST.audio.spectrogram import PUBLISHED_INPUT
from AST.datasets.stem import Stem
from AST.engines.stem_result import ENDS_ITS_PROCESS
from AST.errors import StemError, UsageError
from AST.settings import STUDY_WINDOW, Windows
from AST.weights.checkpoint_config import InputFormat

PARENT_CHECK_S = 0.5
TRIES = 3
"""A process can also die for a reason that is not its file, such as too little memory."""

WAITS_S = (0.1, 1, 5, 0)
"""How long to wait after each try to start a process again."""
ONE_START_AT_A_TIME = threading.Lock()


@dataclass(frozen=True)
class FailedStem:
    """A file that cannot be analysed, and why."""

    reason: str


Prepared = PreparedStem | FailedStem


class WorkerProcess:
    """A process that prepares the files that it is asked for. If it dies, another one follows.

    Args:
        form: Of AST's input.
        windows: Which parts of a file AST hears.

    Raises:
        OSError: No process can be started.
    """

    def __init__(
        self, form: InputFormat = PUBLISHED_INPUT, windows: Windows = STUDY_WINDOW
    ) -> None:
        self._how = form, windows
        self._is_stopped = False
        self._connection: Connection
        self._process: multiprocessing.process.BaseProcess
        self._start()

    def prepare(self, stem: Stem) -> Prepared:
        """Asks the process, and waits for its answer.

        Raises:
            UsageError: It died, and no other one can be started.
        """
        for _ in range(TRIES):
            try:
                self._connection.send(stem)
                return _receive(self._connection)
            except (EOFError, OSError):
                if self._is_stopped:
                    break
                self._restart()
        return FailedStem(ENDS_ITS_PROCESS)

    def stop(self) -> None:
        with ONE_START_AT_A_TIME:
            self._is_stopped = True
            self._process.kill()
            self._process.join()

    def _restart(self) -> None:
        self._process.kill()  # it may live if this process could not take its answer
        self._process.join()
        for wait_s in WAITS_S:
            try:
                self._start()
                return
            except OSError:  # too little memory, or too many processes
                time.sleep(wait_s)
        raise UsageError(
            "a process that prepares files died, and no other one can be started; start the same "
            "command again to continue, with fewer --workers"
        )

    def _start(self) -> None:
        is_linux = sys.platform == "linux"
        # Python 3.14 has another default, which takes seconds to start.
        context = multiprocessing.get_context("fork") if is_linux else multiprocessing
        # A process that is forked meanwhile would hold the other end of this pipe open, and
        # nobody would notice when this process is gone.
        with ONE_START_AT_A_TIME:
            if self._is_stopped:
                return
            connection, its_end = context.Pipe()
            arguments = its_end, os.getpid(), *self._how
            process = context.Process(target=_answer, args=arguments, daemon=True)
            try:
                process.start()
            finally:
                its_end.close()
            self._connection, self._process = connection, process


def prepare_or_say_why(
    stem: Stem, form: InputFormat = PUBLISHED_INPUT, windows: Windows = STUDY_WINDOW
) -> Prepared:
    """The inputs of both models for a stem, or why there are none."""
    try:
        return prepare(stem.path, form, windows)
    except StemError as error:
        return FailedStem(str(error))
    except Exception as error:  # whatever goes wrong in one file, the run must continue
        return FailedStem(f"fails unexpectedly: {type(error).__name__}: {error}")


def _answer(connection: Connection, main_process: int, form: InputFormat, windows: Windows) -> None:
    """What a process does: it answers with a prepared stem for each stem."""
    gc.freeze()  # to free objects of the main process here could end this one (gRPC's do)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # native code writes there before it dies
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # only the main process answers Ctrl-C
    watch = threading.Thread(target=_end_with_the_main_process, args=[main_process], daemon=True)
    with contextlib.suppress(RuntimeError):  # the system may let us start no thread
        watch.start()
    torch.set_num_threads(1)  # threads of the main process do not survive the fork
    while True:
        prepared = prepare_or_say_why(connection.recv(), form, windows)
        connection.send(prepared)
        if isinstance(prepared, PreparedStem):
            for spool in prepared.spools:
                spool.send_file(connection, main_process)


def _receive(connection: Connection) -> Prepared:
    """The other end of ``_answer``."""
    prepared: Prepared = connection.recv()
    if isinstance(prepared, PreparedStem):
        for spool in prepared.spools:
            spool.receive_file(connection)
    return prepared


def _end_with_the_main_process(main_process: int) -> None:
    # Others that were forked later hold the main process's end of the pipe open.
    while os.getppid() == main_process:
        time.sleep(PARENT_CHECK_S)
    os._exit(1)
