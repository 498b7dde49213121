"""What travels between this machine and a Dask cluster, and how it fails."""

import errno
import importlib
import warnings
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from grader.batch.far_worker import Far, FarTask, measure_there
from grader.errors import GraderError
from grader.evaluators.conditions import Conditions, NetworkConditions
from grader.files import replace_file
from grader.text import sentence
from grader.types import Event

BEGUN = "begun"  # the step of a worker's first event


def far(task: FarTask, *, topic: str) -> Far:
    """Measure in a worker, and send its events to the machine that grades."""
    worker = importlib.import_module("distributed").get_worker()

    def watch(event: Event) -> None:
        worker.log_event(topic, asdict(replace(event, student=task.name)))

    watch(Event(student=task.name, step=BEGUN, done=0, of=1))
    conditions = replace(task.conditions, threads=worker.state.nthreads)
    return measure_there(replace(task, conditions=conditions), watch)


def without_paths(conditions: Conditions) -> Conditions:
    """Return the conditions without a path of this machine."""
    bare = replace(conditions, work=Path(), pages=None)
    if isinstance(bare, NetworkConditions):
        return replace(bare, data=replace(bare.data, path=Path()))
    return bare


def keep(found: Far, conditions: Conditions) -> None:
    """Write what came with a record to this machine's folders; without it, it is made again."""
    with suppress(OSError):
        if conditions.pages is not None:
            for name, content in found.pages.items():
                replace_file(conditions.pages / Path(name).name, content)
        if found.program is not None and isinstance(conditions, NetworkConditions):
            replace_file(conditions.program_path(found.measured.submission), found.program)


def is_of_the_cluster(error: Exception) -> bool:
    """True if Dask raised it, because a worker or the connection to it is gone."""
    return type(error).__module__.partition(".")[0] in {"distributed", "asyncio", "concurrent"}


def is_full_disk(error: BaseException) -> bool:
    """True if a disk of the worker is full."""
    return isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}


def connect(address: str, seconds: float) -> Any:
    """Return a client of the scheduler; it may take `seconds` to answer. Raises `GraderError`."""
    try:
        distributed = importlib.import_module("distributed")
    except ImportError as error:
        raise GraderError(
            "Dask is not installed.", help="pip install 'edge-lab-grader[dask]'"
        ) from error
    # A hand-in is larger than what Dask thinks of as a task; it goes to one worker only.
    warnings.filterwarnings("ignore", message="Sending large graph")
    try:
        return distributed.Client(address, timeout=seconds, set_as_default=False)
    except (OSError, TimeoutError, ValueError) as error:
        raise GraderError(
            f"No Dask scheduler answers at {address}: {sentence(error)}",
            help="Give the address that `dask scheduler` prints, as tcp://HOST:8786.",
        ) from error
