import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from grader.batch.far_worker import PROCESS, FarTask, Moved, describe, keep_data, measure_there
from grader.batch.packed import pack
from grader.errors import HarnessError
from grader.evaluators.conditions import Conditions, Watch
from grader.sandbox.start import Isolation
from grader.types import Measured
from tests.fake_stages import NOTHING, conditions, hand_in, ignore


def seen(source: Path, here: Conditions, _watch: Watch) -> Measured:
    """Leave a page, and say what is there."""
    assert here.data is not None
    assert here.pages is not None
    here.pages.mkdir(parents=True)
    (here.pages / "ab.html").write_text("body")
    text = f"{source.name} {source.read_text()} {here.data.path.read_bytes()!r}"
    submission = replace(NOTHING.submission, layout=text, source=source)
    return replace(NOTHING, submission=submission)


def task(tmp_path: Path, process: str) -> FarTask:
    """A hand-in for a worker of this process, without a path of the machine that grades."""
    here = conditions(tmp_path / "work")
    content = b"images"
    sha256 = hashlib.sha256(content).hexdigest()
    keep_data(sha256, content)
    return FarTask(
        name="B1",
        function=seen,
        hand_in=pack(hand_in(tmp_path, "B1")),
        conditions=replace(here, work=Path(), data=replace(here.data, path=Path(), sha256=sha256)),
        process=process,
    )


def test_a_worker_has_folders_of_its_own_and_the_test_set(tmp_path: Path) -> None:
    """Pages come back as bytes; nothing stays on the worker but the test set."""
    far = measure_there(task(tmp_path, PROCESS), ignore)
    assert far.measured.submission.layout == "B1.zip B1 b'images'"
    assert far.pages == {"ab.html": b"body"}
    assert far.program is None
    assert not far.measured.submission.source.exists()


def test_another_process_at_the_address_measures_nothing(tmp_path: Path) -> None:
    """The worker died and came back: the machine that grades counts it as a death."""
    with pytest.raises(Moved):
        measure_there(task(tmp_path, "another"), ignore)


def test_a_test_set_that_was_damaged_is_refused(tmp_path: Path) -> None:
    """It is not kept."""
    here = conditions(tmp_path / "work")
    sha256 = hashlib.sha256(b"whole").hexdigest()
    with pytest.raises(HarnessError, match="damaged"):
        keep_data(sha256, b"who")
    found = describe(replace(here, data=replace(here.data, sha256=sha256)))
    assert not found.has_data
    keep_data(sha256, b"whole")
    assert describe(replace(here, data=replace(here.data, sha256=sha256))).has_data


def test_programs_run_without_a_sandbox_only_if_the_class_says_so(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker with bubblewrap uses it in any case."""
    here = conditions(tmp_path / "work")
    for best, asked, expected in (
        (Isolation.PROCESS, Isolation.UNSANDBOXED, Isolation.UNSANDBOXED),
        (Isolation.PROCESS, Isolation.PROCESS, Isolation.PROCESS),
        (Isolation.BUBBLEWRAP, Isolation.UNSANDBOXED, Isolation.BUBBLEWRAP),
        (Isolation.PROCESS, Isolation.BUBBLEWRAP, Isolation.PROCESS),
    ):
        monkeypatch.setattr("grader.batch.far_worker.best_isolation", lambda best=best: best)
        assert describe(replace(here, isolation=asked)).setup.isolation == expected


def test_children_of_a_worker_keep_freed_memory(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Dask's setting of glibc is for neither this process nor its children."""
    monkeypatch.setenv("MALLOC_TRIM_THRESHOLD_", "65536")
    describe(conditions(tmp_path / "work"))
    assert "MALLOC_TRIM_THRESHOLD_" not in os.environ
