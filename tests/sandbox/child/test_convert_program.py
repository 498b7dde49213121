"""The messages of the child that brings programs of 2024 to today's form."""

import errno
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load as tensors

from grader.errors import HarnessError
from grader.inference.lean_imports import bare_packages
from grader.inference.xnnpack import load, logits
from grader.sandbox.child import convert_program
from grader.sandbox.child.convert_program import answer
from tests.hostile.programs import with_inline_constants
from tests.old_programs import old_program
from tests.small_networks import PREPROCESSING, sample_pixels, small_program

with bare_packages("executorch.exir"):
    from executorch.exir import tensor as executorch_tensor


def notes(message: bytes) -> dict[str, str]:
    """Return a message's metadata, sent instead of a program."""
    length = int.from_bytes(message[:8], "little")
    found: dict[str, str] = json.loads(message[8 : 8 + length])["__metadata__"]
    return found


@pytest.mark.parametrize("inline", [True, False])
def test_an_old_program_runs_after_the_conversion_and_not_before(inline: bool) -> None:
    """Its logits are then those of the program that it was made from, in every bit."""
    with pytest.raises(HarnessError, match="refused"):
        load(old_program())
    converted = tensors(answer(old_program(), inline))["program"].tobytes()
    pixels = sample_pixels(4)
    expected = logits(load(small_program()), pixels, PREPROCESSING)
    assert np.array_equal(logits(load(converted), pixels, PREPROCESSING), expected)


def test_a_program_without_a_delegate_needs_its_constants_moved_only() -> None:
    """The constants of the answer are then in a segment, and the runtime loads it."""
    converted = tensors(answer(with_inline_constants(), inline=True))["program"].tobytes()
    assert converted[8:12] == b"eh00"
    assert load(converted)


def test_todays_program_is_told_as_such() -> None:
    """There is nothing to convert."""
    assert notes(answer(small_program(), inline=False)) == {"current": ""}


@pytest.mark.parametrize(
    "make",
    [
        lambda: b"",
        lambda: b"\x18\0\0\0ET12" + bytes(100),
        lambda: b"\xff" * 99,
        lambda: old_program()[:60],
    ],
    ids=["empty", "zeros", "far", "cut"],
)
def test_what_cannot_be_read_is_told_with_the_reason(make: Callable[[], bytes]) -> None:
    """The reason is printable and short."""
    found = notes(answer(make(), inline=True))
    assert list(found) == ["unconvertible"]
    assert found["unconvertible"].isprintable()
    assert 0 < len(found["unconvertible"]) <= 200


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EFBIG])
def test_a_program_whose_json_fills_the_folder_is_told(
    number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A limit is the program's fault, any other failure of a file is ours."""

    def full(_payload: bytes) -> bytes:
        raise OSError(number, "full")

    monkeypatch.setattr(convert_program, "converted_payload", full)
    assert "space" in notes(answer(old_program(), inline=True))["unconvertible"]
    number = errno.EACCES
    with pytest.raises(OSError, match="full"):
        answer(old_program(), inline=True)


@pytest.mark.system
def test_the_child_starts_without_torch_and_converts_to_the_same_bytes(tmp_path: Path) -> None:
    """The stand-ins of what ExecuTorch's reader imports of torch change no byte."""
    path = tmp_path / "old.pte"
    path.write_bytes(old_program())
    code = (
        "import runpy, sys\n"
        "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)\n"
        "assert 'torch' not in sys.modules\n"
    )
    name = "grader.sandbox.child.convert_program"
    command = [sys.executable, "-c", code, name, str(path), '{"inline": true}']
    ran = subprocess.run(command, capture_output=True, timeout=300, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == answer(old_program(), inline=True)
    assert executorch_tensor.ALIGNMENT == convert_program.ALIGNMENT
