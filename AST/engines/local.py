"""The engine that is this machine: processes that prepare files, and both models on one device."""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import torch

from AST.engines.computation import decide_computation
from AST.engines.engine import Batch, Work
from AST.engines.stem_result import StemResult
from AST.engines.workers import Preparation
from AST.labels import LabelMap
from AST.process.devices import has_instructions
from AST.settings import AUTO, CUDA, Settings

if TYPE_CHECKING:
    from AST.recognition.models import Models


class LocalEngine:
    """This machine.

    Args:
        say: Takes a line for people.

    Raises:
        UsageError: This machine does not have the device.
    """

    def __init__(self, settings: Settings, say: Callable[[str], None]) -> None:
        self.computation = decide_computation(settings)
        self._say = say
        self._preparation: Preparation | None = None
        self._models: Models | None = None
        self._say_what_is_odd(settings.device)

    def results(self, work: Work, batches: Sequence[Batch]) -> Iterator[list[StemResult]]:
        computation, config = work.computation, work.files["ast"].checkpoint.config
        stems = list(chain.from_iterable(batch.stems for batch in batches))
        self._preparation = Preparation(
            stems, computation.workers, computation.batch_size, config.input, computation.windows
        )
        if self._preparation.fallback is not None:
            self._say(
                f"warning: no process can be started ({self._preparation.fallback}): this one does "
                "all work in one thread, and a file that ends its process ends the run"
            )
            torch.set_num_threads(1)
        # Imports and loading take seconds. The processes prepare the first files meanwhile.
        from AST.engines.batch_analysis import analyse_batches

        self._models = load_models(work)
        if self._models.speech.fallback:
            self._say(f"warning: {self._models.speech.fallback}")
        return analyse_batches(
            stems,
            self._preparation.batches(),
            self._models,
            LabelMap(work.names_of_class),
            computation.windows,
            computation.batch_size,
        )

    def facts(self) -> dict[str, Any]:
        known: dict[str, Any] = {
            "workers": self.computation.workers,
            "devices": [self.computation.device],
        }
        if self._models:
            known["speech_model_ran_in"] = self._models.speech.backend
        return known

    def close(self) -> None:
        if self._preparation:
            self._preparation.stop()

    def _say_what_is_odd(self, wanted: str) -> None:
        kind, precision = self.computation.device_type, self.computation.precision
        if not has_instructions(precision, kind):
            self._say(
                f"warning: this CPU has no instructions for {precision}; fp32 is far faster on it"
            )
        gpus = torch.cuda.device_count()
        if kind == CUDA and wanted in (AUTO, CUDA) and gpus > 1:
            self._say(f"note: one of {gpus} GPUs works; --engine ray takes all of them")


def load_models(work: Work) -> "Models":
    """Both models on the device of the work.

    Raises:
        UsageError: A file or the device cannot be used.
    """
    from AST.recognition.models import Models

    ast, speech = work.files["ast"], work.files["speech"]
    device = torch.device(work.computation.device)
    how = work.computation.precision, work.computation.speech_backend
    return Models.load(ast.path, speech.path, device, *how, config=ast.checkpoint.config)
