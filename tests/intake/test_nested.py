"""A zip in a hand-in: opened once, within the limits of one hand-in, or named in the help."""

import dataclasses
import zipfile
from collections.abc import Mapping

import pytest

from grader.types import Status
from tests.intake.archives import (
    CHECKPOINT,
    HAND_IN,
    NOTEBOOK,
    STUDENT,
    Bench,
    folder_of,
    raw_zip,
    with_limits,
    zipped,
)

INNER = f"{STUDENT}.zip"
WRAPPED = {f"hw2/{STUDENT}/{name}": content for name, content in HAND_IN.items()}
ONE_DEEP = zipped({INNER: zipped(HAND_IN)})
BOMB = zipped({**HAND_IN, "zeros": bytes(20 << 20)})


@pytest.mark.parametrize(
    ("files", "inside"),
    [
        ({INNER: zipped(HAND_IN)}, INNER),
        ({"Lab 2.ZIP": zipped(HAND_IN)}, "Lab 2.ZIP"),
        ({f"hw2/{INNER}": zipped(HAND_IN)}, f"hw2/{INNER}"),
        ({INNER: zipped(WRAPPED)}, INNER),
        ({INNER: zipped(HAND_IN), "readme.txt": b"", "report.pdf": b"%PDF-"}, INNER),
        ({INNER: zipped(HAND_IN), f"__MACOSX/._{INNER}": b"x", ".DS_Store": b""}, INNER),
        ({INNER: zipped({**HAND_IN, "__MACOSX/._model": b"x"})}, INNER),
        ({INNER: zipped({**HAND_IN, "old.zip": b"never opened"})}, INNER),
        ({"作業.zip": zipped(HAND_IN)}, "作業.zip"),
    ],
)
def test_the_zip_that_is_the_hand_in_is_opened(
    bench: Bench, files: Mapping[str, bytes], inside: str
) -> None:
    """Its files are those of the hand-in, under the outer zip's id; its name is in the evidence."""
    submission, archive, layout = bench.receive(files)
    assert (archive.status, layout.status) == (Status.PASSED, Status.PASSED), archive.reason
    assert {file.name: file.path.read_bytes() for file in submission.files} == dict(HAND_IN)
    assert archive.evidence["inside"] == inside
    assert submission.id == STUDENT
    assert sorted(path.name for path in bench.work.iterdir()) == ["checkpoint", "notebook"]


def test_a_zip_in_an_unzipped_hand_in_is_opened(bench: Bench) -> None:
    """A folder with only the zip in it is a hand-in too."""
    _, archive, layout = bench.receive_path(folder_of({INNER: zipped(HAND_IN)}, bench.inbox / "B"))
    assert (archive.status, layout.status) == (Status.PASSED, Status.PASSED)
    assert archive.evidence["archive"] == "folder"


def test_a_name_in_big5_is_readable_in_both(bench: Bench) -> None:
    """The inner zip and the files in it may have names without the UTF-8 flag."""
    inner = raw_zip([(name.encode(), content) for name, content in HAND_IN.items()])
    _, archive, layout = bench.receive(raw_zip([("作業.zip".encode("cp950"), inner)]))
    assert layout.status is Status.PASSED
    assert archive.evidence["inside"] == "作業.zip"


@pytest.mark.parametrize(
    ("files", "words"),
    [
        ({INNER: zipped({"b.zip": zipped(HAND_IN)})}, ["in a zip in a zip", f"{INNER}/b.zip"]),
        ({"a.zip": zipped(HAND_IN), "b.zip": zipped(HAND_IN)}, ["a.zip and b.zip", "only the one"]),
        ({NOTEBOOK: HAND_IN[NOTEBOOK], "model.zip": zipped(HAND_IN)}, ["model.zip", "inner"]),
        ({"B1.rar": b"Rar!\x1a\x07"}, ["archive (B1.rar)", "content"]),
        ({"B1.7z": b"7z"}, ["archive (B1.7z)", "content"]),
        ({"B1.tar.gz": b"x", "B1.zip.001": b"x"}, ["archive (B1.tar.gz)"]),
        ({INNER: zipped({"b.rar": b"x"})}, [f"archive ({INNER}/b.rar)"]),
        ({INNER: zipped({"x.csv": b"x"})}, [f"Add it as {CHECKPOINT}"]),
        ({INNER: zipped({"a/mobilenet.pth": b"x"})}, [f"{INNER}/a/mobilenet.pth", "to a/model/"]),
    ],
)
def test_what_is_not_opened_is_named(
    bench: Bench, files: Mapping[str, bytes], words: list[str]
) -> None:
    """The help says which archive it is and what to hand in; no archive is to be renamed."""
    _, archive, layout = bench.receive(files)
    assert archive.status is Status.PASSED
    assert layout.status is Status.FAILED
    assert [word for word in words if word not in str(layout.help)] == []
    assert "save it as" not in str(layout.help)


@pytest.mark.parametrize(
    ("inner", "word"),
    [
        (b"Rar!\x1a\x07\x01\x00", "RAR"),
        (b"", "empty"),
        (b"PK\x03\x04 cut", "incomplete"),
        (b"noise" * 99, "not a zip"),
        (zipped({}), "no files"),
        (BOMB, "bomb"),
        (raw_zip([(b"../../x", b"x")]), "outside"),
        (raw_zip([(b"a", b"/etc/passwd")], 0o120777), "symbolic link"),
        (zipped(HAND_IN)[:-30], "incomplete"),
    ],
)
def test_a_bad_zip_inside_is_refused_by_its_name(bench: Bench, inner: bytes, word: str) -> None:
    """The same rules hold inside; nothing is copied."""
    submission, archive, layout = bench.receive({INNER: inner})
    assert (archive.status, layout.status) == (Status.FAILED, Status.SKIPPED)
    assert INNER in str(archive.reason)
    assert word in str(archive.reason)
    assert archive.help
    assert submission.files == ()
    assert not bench.work.exists() or not list(bench.work.iterdir())


@pytest.mark.parametrize(
    ("limits", "word"),
    [
        ({"unpacked_bytes": 1000}, "unpacked"),
        ({"entries": 3}, "more than"),
        ({"archive_bytes": 700}, "too large"),
    ],
)
def test_the_limits_are_those_of_both_together(
    bench: Bench, limits: Mapping[str, int], word: str
) -> None:
    """Each zip alone is below the limit, both together are not."""
    inner = zipped({**HAND_IN, "n": bytes(600)}, zipfile.ZIP_STORED)
    files = {INNER: inner, "x": b"x" * 100, "y": b""}
    tight = dataclasses.replace(bench, lab=with_limits(bench.lab, **limits))
    _, archive, _ = tight.receive(files)
    assert archive.status is Status.FAILED
    assert word in str(archive.reason)
    _, alone, _ = bench.receive(files)
    assert alone.status is Status.PASSED


def test_two_harmless_ratios_are_a_bomb_together(bench: Bench) -> None:
    """Each step is below the limit of 200, the whole is not."""
    lines = b"".join(b"%07d\n" % (number % 7) + bytes(700) for number in range(30_000))
    inner = zipped({"zeros": lines}, zipfile.ZIP_DEFLATED)
    both = zipped({INNER: inner})
    steps = (len(lines) / len(inner), len(inner) / len(both), len(lines) / len(both))
    most = max(steps[:2]) * 1.05
    assert steps[2] > most > 1
    strict = dataclasses.replace(bench, lab=with_limits(bench.lab, ratio=most))
    _, archive, _ = strict.receive(both)
    assert archive.status is Status.FAILED
    assert "bomb" in str(archive.reason)


def test_a_link_in_an_environment_inside_is_skipped_and_named(bench: Bench) -> None:
    """As in the outer zip."""
    inner = zipped(HAND_IN)
    with_link = raw_zip([(b".venv/bin/python", b"/usr/bin/python3")], 0o120777)
    assert bench.receive({INNER: with_link})[1].status is Status.FAILED  # nothing else is there
    _, archive, layout = bench.receive({INNER: inner, ".venv/x": b""})
    assert layout.status is Status.PASSED
    assert archive.evidence["ignored"] == [".venv/x"]


def test_the_checkpoint_inside_is_the_one_that_counts(bench: Bench) -> None:
    """Two hand-ins in the inner zip are refused as in a plain one."""
    two = zipped({**{f"a/{n}": c for n, c in HAND_IN.items()}, f"b/{CHECKPOINT}": b"w",
                  f"b/{NOTEBOOK}": b"{}"})  # fmt: skip
    _, _, layout = bench.receive({INNER: two})
    assert layout.status is Status.FAILED
    assert f"{INNER}/a/ and {INNER}/b/" in str(layout.reason)
