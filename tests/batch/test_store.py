import itertools
import multiprocessing
import os
import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from grader.batch import folder_lock
from grader.batch import store as store_module
from grader.batch.store import SCHEMA_VERSION, Store
from grader.errors import GraderError, HarnessError
from grader.types import Measured, Measurement, Role, Setup, Status, Submission, SubmittedFile
from tests.fake_stages import SETUP

NOBODY = 65534

# A NUL is kept as its escape, as PostgreSQL needs it.
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
numbers = st.floats(allow_nan=False)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | numbers | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)
measurements = st.builds(
    Measurement,
    id=words,
    status=st.sampled_from(Status),
    value=st.none() | numbers,
    unit=words,
    reason=words.filter(bool),
    help=st.none() | words,
    expected=st.none() | words,
    actual=st.none() | words,
    review=st.none() | words,
    evidence=st.dictionaries(words, json_values, max_size=3),
    seconds=numbers,
)
files = st.builds(
    SubmittedFile,
    role=st.sampled_from(Role),
    name=words,
    path=st.just(Path("work") / "checkpoint"),
    size=st.integers(0, 2**40),
    sha256=words,
)
setups = st.builds(
    Setup,
    grader=words,
    data_sha256=words,
    data_images=st.integers(0, 2**40),
    isolation=words,
    machine=words,
    packages=st.dictionaries(words, words, max_size=4),
    measured_at=words,
)


def measured(student: str, *found: Measurement) -> Measured:
    """Return measurements of a small hand-in."""
    submission = Submission(id=student, source=Path("in") / f"{student}.zip", sha256="ab")
    return Measured(submission=submission, measurements=found, setup=SETUP)


def passed(value: float) -> Measurement:
    """A measurement told from another by its value."""
    return Measurement(id="mflops", status=Status.PASSED, value=value)


@contextmanager
def unprivileged() -> Iterator[None]:
    """Obey file permissions within, which root otherwise does not."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(user)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let no file grow beyond `size` bytes within, as on a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.fixture(scope="module")
def long_open(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store for many examples."""
    with Store.open(tmp_path_factory.mktemp("out") / "results.db") as store:
        yield store


@given(
    files=st.lists(files, max_size=3).map(tuple),
    found=st.lists(measurements, max_size=4).map(tuple),
    layout=st.none() | words,
    setup=setups,
)
def test_round_trip(
    long_open: Store,
    files: tuple[SubmittedFile, ...],
    found: tuple[Measurement, ...],
    layout: str | None,
    setup: Setup,
) -> None:
    """Read results equal the saved results, to the last bit of every number."""
    submission = Submission(
        id="B1", source=Path("in/B1.zip"), sha256="ab", layout=layout, files=files
    )
    saved = Measured(submission=submission, measurements=found, setup=setup)
    long_open.save("B1", "print", saved)
    assert long_open.measured("B1", "print") == saved


def test_survives_reopening(tmp_path: Path) -> None:
    """The next run finds a saved result, under its student and fingerprint only."""
    with Store.open(tmp_path / "results.db") as store:
        store.save("B1", "print", measured("B1", passed(44.5)))
    with Store.open(tmp_path / "results.db") as store:
        assert store.measured("B1", "print") == measured("B1", passed(44.5))
        assert store.measured("B1", "another") is None
        assert store.measured("B2", "print") is None


@pytest.mark.parametrize("at_once", [1, 2, 3, 4])
def test_a_class_is_read_a_few_rows_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at_once: int
) -> None:
    """Every result has all its measurements, however many rows are read at once."""
    monkeypatch.setattr(store_module, "_ROWS_AT_ONCE", at_once)
    class_ = {
        (f"B{number}", f"print{number}"): measured(f"B{number}", passed(number), passed(-number))
        for number in range(3)
    }
    with Store.open(tmp_path / "results.db") as store:
        for (student, print_), each in class_.items():
            store.save(student, print_, each)
        assert store.all_measured([*class_, ("B9", "print9")]) == class_


def test_saving_again_replaces(tmp_path: Path) -> None:
    """A second save under the same key leaves one hand-in, with the second's measurements only."""
    with Store.open(tmp_path / "results.db") as store:
        store.save("B1", "print", measured("B1", passed(1), passed(2)))
        store.save("B1", "print", measured("B1", passed(3)))
        assert store.measured("B1", "print") == measured("B1", passed(3))
    with closing(sqlite3.connect(tmp_path / "results.db")) as database:
        assert database.execute("SELECT count(*) FROM measurements").fetchone() == (1,)


def test_name_that_is_no_text(tmp_path: Path) -> None:
    """A student whose file name is not UTF-8 is saved and found, the odd byte as its escape."""
    student = b"B\xff1".decode(errors="surrogateescape")
    with Store.open(tmp_path / "results.db") as store:
        store.save(student, "print", measured(student, passed(1)))
        found = store.measured(student, "print")
    assert found is not None
    assert found.submission.id == "B\\udcff1"


@pytest.mark.parametrize("name", ["50% off?", "a#b", "学生"])
def test_any_folder_name(tmp_path: Path, name: str) -> None:
    """A results folder may have a name that means something in a URL."""
    Store.open(tmp_path / name / "results.db").close()
    assert (tmp_path / name / "results.db").is_file()


def test_evidence_that_is_not_json(tmp_path: Path) -> None:
    """Evidence of ours that JSON cannot hold is the harness's fault, and saves nothing."""
    wrong = replace(passed(1), evidence={"set": {1, 2}})  # type: ignore[dict-item]
    with Store.open(tmp_path / "results.db") as store:
        with pytest.raises(HarnessError, match="not JSON serializable"):
            store.save("B1", "print", measured("B1", wrong))
        assert store.measured("B1", "print") is None


def test_second_grader_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While one has the results folder, another is told so; it may come when the first is done."""
    monkeypatch.setattr(folder_lock, "SECONDS_TO_WAIT", 0.1)
    with (
        Store.open(tmp_path / "results.db"),
        pytest.raises(GraderError, match="Another grader") as told,
    ):
        Store.open(tmp_path / "results.db")
    assert "--out" in (told.value.help or "")
    Store.open(tmp_path / "results.db").close()


@pytest.mark.system
def test_lock_dies_with_its_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A killed grader, unlike a living one, does not keep the next from the results folder."""
    holds = (
        "import sys, time, pathlib; from grader.batch.store import Store\n"
        "store = Store.open(pathlib.Path(sys.argv[1])); print('open', flush=True); time.sleep(60)"
    )
    monkeypatch.setattr(folder_lock, "SECONDS_TO_WAIT", 0.1)
    command = [sys.executable, "-c", holds, str(tmp_path / "results.db")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"open\n"
        with pytest.raises(GraderError, match="Another grader"):
            Store.open(tmp_path / "results.db")
        other.kill()
    Store.open(tmp_path / "results.db").close()


@pytest.mark.parametrize(
    ("version", "age"), [(SCHEMA_VERSION + 1, "a newer"), (SCHEMA_VERSION - 1, "an older")]
)
def test_schema_of_another_grader(tmp_path: Path, version: int, age: str) -> None:
    """A database of another schema is named as such and left as it is."""
    path = tmp_path / "results.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as database:
        database.execute(f"PRAGMA user_version={version}")
    before = path.read_bytes()
    with pytest.raises(GraderError, match=f"written by {age} grader"):
        Store.open(path)
    assert path.read_bytes() == before


def test_database_of_something_else(tmp_path: Path) -> None:
    """A database that is not a grader's is refused and left as it is."""
    path = tmp_path / "results.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE marks (points)")
    before = path.read_bytes()
    with pytest.raises(GraderError, match="another application"):
        Store.open(path)
    assert path.read_bytes() == before


def test_file_that_is_no_database(tmp_path: Path) -> None:
    """A file that SQLite cannot read is named, with what to do."""
    (tmp_path / "results.db").write_text("not a database " * 100)
    with pytest.raises(GraderError, match=r"results\.db .*not a database"):
        Store.open(tmp_path / "results.db")


def test_interrupted_making(tmp_path: Path) -> None:
    """An empty file, left by a kill while the database was made, is made into one."""
    (tmp_path / "results.db").touch()
    with Store.open(tmp_path / "results.db") as store:
        assert store.measured("B1", "print") is None


def test_results_folder_that_is_a_file(tmp_path: Path) -> None:
    """A file where the results folder should be is a plain error."""
    (tmp_path / "results").touch()
    with pytest.raises(GraderError, match="cannot be used"):
        Store.open(tmp_path / "results" / "results.db")


@pytest.mark.parametrize("used_before", [False, True])
def test_read_only_folder(used_before: bool) -> None:
    """A results folder that cannot be written is a plain error, whether new or used before."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "results.db"
        if used_before:
            Store.open(path).close()
        Path(folder).chmod(0o555)
        with unprivileged(), pytest.raises(GraderError, match="cannot be used: Permission denied"):
            Store.open(path)
        Path(folder).chmod(0o755)


def test_full_disk(tmp_path: Path) -> None:
    """A disk that fills up while saving is a plain error; what was saved before is still whole."""
    path = tmp_path / "results.db"
    large = measured("B2", replace(passed(2), evidence={"text": "x" * 1_000_000}))
    with Store.open(path) as store:
        store.save("B1", "print", measured("B1", passed(1)))
        with largest_file(200_000), pytest.raises(GraderError, match="cannot be used"):
            store.save("B2", "print", large)
        assert store.measured("B2", "print") is None
        store.save("B2", "print", large)
    with Store.open(path) as store:
        assert store.measured("B1", "print") == measured("B1", passed(1))
        assert store.measured("B2", "print") == large


def save_and_die(path: Path, moment: int) -> None:
    """Open the store and save B1, killed before the `moment`-th statement or commit of that."""
    moments = itertools.count(1)

    def die(*_: object) -> None:
        if next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", die)
    event.listen(Engine, "commit", die)
    with Store.open(path) as store:
        store.save("B1", "print", measured("B1", passed(3), passed(4)))


@pytest.mark.system
@pytest.mark.parametrize("saved_before", [False, True])
def test_killed_at_every_moment(tmp_path: Path, saved_before: bool) -> None:
    """Whenever the process is killed, the store opens again and holds all of a save or nothing."""
    old, new = measured("B1", passed(1), passed(2)), measured("B1", passed(3), passed(4))
    found = []
    for moment in itertools.count(1):
        path = tmp_path / str(moment) / "results.db"
        if saved_before:
            with Store.open(path) as store:
                store.save("B1", "print", old)
        child = multiprocessing.get_context("fork").Process(
            target=save_and_die, args=(path, moment)
        )
        child.start()
        child.join()
        with Store.open(path) as store:
            found.append(store.measured("B1", "print"))
        if child.exitcode == 0:
            break
    assert len(found) > 5
    assert found == [old if saved_before else None] * (len(found) - 1) + [new]


def test_no_room_for_the_database(tmp_path: Path) -> None:
    """A disk without room for an empty database is a plain error, and no lock stays behind."""
    with largest_file(1_000), pytest.raises(GraderError, match="cannot be used"):
        Store.open(tmp_path / "results.db")
    Store.open(tmp_path / "results.db").close()
