from pathlib import Path

import pytest

from grader.errors import Fault, Skip
from grader.evaluators.refusals import explain_refusal
from grader.types import Role
from tests.small_networks import handed_in

TODAYS = b"\x3c\0\0\0ET12eh00" + bytes(100)
INLINE = "PTE file relies on the constant_buffer path"


def explained(folder: Path, content: bytes, said: str) -> Fault | Skip:
    """The exception for a program with these bytes."""
    path = folder / "program"
    path.write_bytes(content)
    return explain_refusal(handed_in(Role.PROGRAM, "model/mobilenet.pte", path), said)


@pytest.mark.parametrize(
    ("content", "actual"),
    [(b"garbage" * 9, b"garbageg".hex(" ")), (b" ", "20"), (b"", "an empty file")],
)
def test_what_is_no_program_is_told_by_its_first_bytes(
    tmp_path: Path, content: bytes, actual: str
) -> None:
    """The reason says so, and gives the expected first bytes."""
    fault = explained(tmp_path, content, "Program identifier 'xxxx' != expected 'ET12'")
    assert isinstance(fault, Fault)
    assert "ExecuTorch program" in fault.reason
    assert (fault.expected, fault.actual) == ("bytes 4 to 8: ET12", actual)


@pytest.mark.parametrize(
    ("content", "said", "why"),
    [
        (b"\x1c\0\0\0ET11", "Program identifier 'ET11' != expected 'ET12'", "no longer reads"),
        (b"\x20\0\0\0ET12", f"{INLINE}, which is disabled in this build", "no longer reads"),
        (b"\x1c\0\0\0ET13", "Program identifier 'ET13' != expected 'ET12'", "newer ExecuTorch"),
        (b"\x3c\0\0\0ET12eh01", "No segments in program", "newer ExecuTorch"),
    ],
)
def test_a_program_of_another_time_is_skipped(
    tmp_path: Path, content: bytes, said: str, why: str
) -> None:
    """Too old and too new programs are skipped, unlike damaged ones."""
    skip = explained(tmp_path, content + bytes(100), said)
    assert isinstance(skip, Skip)
    assert why in skip.reason
    assert "executorch 1.4" in (skip.help or "")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("kernel 'own::relu.out' not found", "operator"),
        ("Backend CoreMLBackend is not registered", "XNNPACK"),
        ("No method named 'forward' in program", "forward"),
        ("File size is too small. Expected 9, actual 3", "truncated"),
        ("offset 0 + size 64 > size_ 7, or overflow detected", "truncated"),
        ("std::bad_alloc", "memory"),
        (f"kernel '{INLINE}' not found", "operator"),
        ("FlatBuffer verification failed; data may be truncated or corrupt", "damaged"),
    ],
)
def test_what_the_runtime_said_is_explained(tmp_path: Path, said: str, reason: str) -> None:
    """The reason has the runtime's message and an explanation, and there is a help text."""
    fault = explained(tmp_path, TODAYS, said)
    assert isinstance(fault, Fault)
    explanation, _, words = fault.reason.partition(": ")
    assert reason in explanation
    assert words == f"{said}."
    assert fault.help


@pytest.mark.parametrize("mark", [b"ET1", b"ETxx", b"ET12eh", b"ET12ehxx"])
def test_half_a_version_is_no_other_one(tmp_path: Path, mark: bytes) -> None:
    """A file that ends in its mark, or bears none that is known, is not of another time."""
    assert isinstance(explained(tmp_path, b"\x3c\0\0\0" + mark, "overflow detected"), Fault)
