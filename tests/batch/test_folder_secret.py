import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from grader.batch.measure import Plan, grade_batch
from grader.batch.store import SCHEMA_VERSION, Store
from grader.batch.workers import spawned
from grader.evaluators.conditions import Conditions, Watch
from grader.types import Measured
from tests.fake_stages import STAGES, conditions, hand_in, ignore
from tests.notebook.books import opened

SEEN = "secret-seen-by-"


def note_secret(source: Path, conditions: Conditions, watch: Watch) -> Measured:
    """Write the secret that this process measures with beside the others, then measure."""
    (conditions.work / f"{SEEN}{source.stem}").write_bytes(conditions.secret)
    return STAGES.measure(source, conditions, watch)


def test_a_folder_keeps_its_secret(tmp_path: Path) -> None:
    """The same at every opening, and no other folder's."""
    with Store.open(tmp_path / "results.db") as store:
        secret = store.secret()
        assert store.secret() == secret
    with Store.open(tmp_path / "results.db") as store:
        assert store.secret() == secret
    with Store.open(tmp_path / "other" / "results.db") as store:
        assert store.secret() != secret
    assert len(secret) == 32


def test_a_database_without_a_secret_gets_one(tmp_path: Path) -> None:
    """A results.db of before the secret is opened, keeps its results, and is given one."""
    path = tmp_path / "results.db"
    Store.open(path).close()
    with closing(sqlite3.connect(path)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        assert "secret" not in tables  # as it was made before
    with Store.open(path) as store:
        secret = store.secret()
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT value FROM secret").fetchall() == [(secret,)]
        assert database.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)


def test_every_worker_measures_with_the_folders_secret(tmp_path: Path) -> None:
    """In another process too, and whatever the conditions said before."""
    work = tmp_path / "work"
    plan = Plan(
        conditions=conditions(work),
        jobs=2,
        stages=replace(STAGES, measure=note_secret),
        executor=spawned,
    )
    sources = [hand_in(tmp_path / "in", student) for student in ("B1", "B2")]
    with Store.open(tmp_path / "results" / "results.db") as store:
        grade_batch(sources, plan, store, ignore)
        assert {path.read_bytes() for path in work.glob(f"{SEEN}*")} == {store.secret()}
    assert len(list(work.glob(f"{SEEN}*"))) == 2


def test_a_secret_is_in_no_repr(tmp_path: Path) -> None:
    """A log or a traceback that shows the conditions does not show it."""
    shown = conditions(tmp_path / "work")
    hand_in = opened(tmp_path, b"{}")
    for each in (shown, hand_in):
        assert "secret=" not in repr(each)
        assert repr(each.secret)[2:-1] not in repr(each)


def test_a_run_without_a_folder_has_a_secret_of_its_own(tmp_path: Path) -> None:
    """As each `grader check`, which keeps nothing."""
    first, second = conditions(tmp_path / "work"), conditions(tmp_path / "work")
    assert len(first.secret) == len(second.secret) == 32
    assert first.secret != second.secret
