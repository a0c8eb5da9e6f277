"""What a process of Ray does on any node: it takes whole batches through models it loads once."""

import functools
import os
from collections.abc import Callable, Mapping
from typing import Any

import ray
import torch

from AST.datasets.stem import Stem
from AST.engines.batch_analysis import analyse_batch
from AST.engines.cluster.answer import Answer, How
from AST.engines.cluster.assignment import Assignment, check_node, node_name
from AST.engines.engine import Batch
from AST.engines.local import load_models
from AST.engines.worker_process import FailedStem, Prepared, WorkerProcess, prepare_or_say_why
from AST.engines.workers import in_turn
from AST.errors import UsageError
from AST.labels import LabelMap
from AST.process.devices import has_instructions, select_device
from AST.process.threads import some_threads
from AST.settings import CUDA
from AST.weights.local_model import FoundFile, LocalModel, verify
from AST.weights.model_files import AST_FILE, SPEECH_FILE


class BatchWorker:
    """Both models of one process, and the processes that prepare files for it.

    Raises:
        UsageError: This node is not like the driver's, or the models or the device cannot be used.
    """

    def __init__(self, assignment: Assignment) -> None:
        check_node(assignment)
        work = assignment.work
        self._work, computation = work, work.computation
        form = work.files["ast"].checkpoint.config.input
        count = max(1, computation.workers)
        self._executor = some_threads(count)
        self._prepare: Callable[[Stem], Prepared]
        processes: list[WorkerProcess] = []
        try:  # before the models are loaded: a small process is quick to fork
            for _ in range(count):
                processes.append(WorkerProcess(form, computation.windows))
        except OSError:  # this user may start no more processes
            for process in processes:
                process.stop()
            self._prepare = functools.partial(
                prepare_or_say_why, form=form, windows=computation.windows
            )
        else:
            self._prepare = in_turn(processes)
        self._device = select_device(computation.device_type)
        _verify_again(work.files)
        self._models = load_models(work)
        torch.set_num_threads(count)
        self._label_map = LabelMap(work.names_of_class)
        self._how = self._computed_with()

    def analyse(self, batch: Batch, blamed: Mapping[Stem, str]) -> Answer:
        """Takes a batch through both models.

        Args:
            blamed: Why a stem fails that must not be read again.
        """
        computation = self._work.computation
        results = analyse_batch(
            batch.stems,
            list(self._executor.map(lambda stem: self._ready(stem, blamed), batch.stems)),
            self._models,
            self._label_map,
            computation.windows,
            computation.batch_size,
        )
        return Answer(self._how, results)

    def _ready(self, stem: Stem, blamed: Mapping[Stem, str]) -> Prepared:
        return FailedStem(blamed[stem]) if stem in blamed else self._prepare(stem)

    def _computed_with(self) -> How:
        device, precision = self._device, self._work.computation.precision
        warnings = [self._models.speech.fallback or ""]
        if not has_instructions(precision, device.type):
            warnings.append(f"a CPU has no instructions for {precision}; fp32 is far faster on it")
        name = torch.cuda.get_device_name(device) if device.type == CUDA else device.type
        backend = self._models.speech.backend
        warning = "; ".join(filter(None, warnings))
        return How(node_name(), device.type, precision, backend, warning, name)


def _verify_again(files: Mapping[str, LocalModel]) -> None:
    """Checks that this node has the very models that the driver has hashed."""
    for name, model_file in (("ast", AST_FILE), ("speech", SPEECH_FILE)):
        model = files[name]
        own = verify(FoundFile(model.path, model_file, checkpoint=model.checkpoint))
        if own.sha256 != model.sha256:
            raise UsageError(f"{model.path}: sha256 {own.sha256}, the driver has {model.sha256}")


_worker: BatchWorker | None = None
_gpus: list[Any] = []
"""Those that Ray gave this process when it loaded the models."""


def worker_of(assignment: Assignment) -> BatchWorker:
    """The worker of this process, which Ray uses for one run only.

    Raises:
        UsageError: This node cannot do the work; the line names it.
    """
    global _worker, _gpus
    gpus = ray.get_gpu_ids()
    if _worker and gpus != _gpus:
        os._exit(1)  # its models cannot leave their GPU, which now is another task's
    if _worker is None:
        _gpus = gpus
        try:
            _worker = BatchWorker(assignment)
        except UsageError as error:
            name = f"node {node_name()}"
            raise UsageError(f"{error}" if name in str(error) else f"{name}: {error}") from error
    return _worker
