import errno
import importlib
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from grader.batch.dask_transport import (
    connect,
    is_full_disk,
    is_of_the_cluster,
    keep,
    without_paths,
)
from grader.batch.far_worker import Far
from grader.errors import GraderError
from tests.fake_stages import NOTHING, conditions


def test_without_dask_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""

    def without(name: str, *_: object) -> ModuleType:
        raise ImportError(name)

    monkeypatch.setattr(importlib, "import_module", without)
    with pytest.raises(GraderError, match="not installed"):
        connect("tcp://127.0.0.1:1", 1.0)


def test_no_path_of_this_machine_travels(tmp_path: Path) -> None:
    """Neither the work folder's, nor that of the pages, nor the test set's."""
    here = replace(conditions(tmp_path / "work"), pages=tmp_path / "pages")
    assert str(tmp_path) not in repr(without_paths(here))


def test_what_came_with_a_record_is_kept_here(tmp_path: Path) -> None:
    """Its pages, whatever a worker calls them, and the program that is timed later."""
    here = replace(conditions(tmp_path / "work"), pages=tmp_path / "pages")
    submission = replace(NOTHING.submission, sha256="ab")
    measured = replace(NOTHING, submission=submission)
    found = Far(measured=measured, pages={"../cd.html": b"body"}, program=b"program")
    keep(found, here)
    assert (tmp_path / "pages" / "cd.html").read_bytes() == b"body"
    assert here.program_path(submission).read_bytes() == b"program"


def test_failures_of_a_worker_are_told_apart() -> None:
    """A full disk is the worker's, a timeout of asyncio the cluster's, and a bug the program's."""
    assert is_full_disk(OSError(errno.ENOSPC, "full"))
    assert not is_full_disk(OSError(errno.EACCES, "denied"))
    distributed = pytest.importorskip("distributed")
    assert is_of_the_cluster(distributed.scheduler.KilledWorker("task", None, 3))
    assert not is_of_the_cluster(RuntimeError("a bug"))
