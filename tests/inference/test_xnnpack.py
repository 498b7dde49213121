import subprocess
import sys

import numpy as np
import pytest
import torch

from grader.errors import HarnessError, Skip
from grader.inference import xnnpack
from grader.inference.eager import fast_logits
from tests.small_networks import PREPROCESSING, sample_pixels, small, small_program

EXPORT = (
    "import sys; from grader.inference import xnnpack; "
    "from tests.small_networks import small_program; "
    "xnnpack.load(small_program()); "
    "sys.stdout.buffer.write(small_program())"
)


def test_the_programs_logits_are_eagers() -> None:
    """On 64 real images no logit is further than 1e-3 from PyTorch's."""
    pixels = sample_pixels(64)
    heard: list[int] = []
    logits = xnnpack.logits(xnnpack.load(small_program()), pixels, PREPROCESSING, heard.append)
    assert logits.shape == (64, 10)
    assert logits.dtype == np.float32
    assert np.abs(logits - fast_logits(small(), pixels, PREPROCESSING)).max() < 1e-3
    assert heard == [64]


@pytest.mark.parametrize("bad", [b"", b"no program " * 100, b"\0\0\0\0ET12" + bytes(2000)])
def test_what_is_no_program_is_refused(bad: bytes) -> None:
    """Empty files, other files and a header alone raise `HarnessError`."""
    with pytest.raises(HarnessError, match="refused"):
        xnnpack.load(bad)


@pytest.mark.parametrize("aloud", [True, False])
def test_the_runtime_says_why_only_if_it_may(
    aloud: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    """Its words are for the parent of a child; the grader's own terminal stays clean."""
    with pytest.raises(HarnessError, match="refused"):
        xnnpack.load(b"no program " * 100, aloud=aloud)
    assert ("Program identifier 'rogr' != expected 'ET12'" in capfd.readouterr().err) is aloud


def test_running_a_program_does_not_import_the_exporter() -> None:
    """A child's start is torch's and the runtime's: the exporter would be four seconds more."""
    code = (
        "import sys; import grader.sandbox.child.run_program as child; "
        "child.xnnpack.use_threads(1); "
        "child.answer(b'', [], None, 10); "
        "sys.exit(any(name.startswith('executorch.exir') for name in sys.modules))"
    )
    subprocess.run([sys.executable, "-c", code], capture_output=True, timeout=300, check=True)


def test_half_a_program_is_refused() -> None:
    """A program that was cut off raises `HarnessError` instead of crashing."""
    with pytest.raises(HarnessError, match="refused"):
        xnnpack.load(small_program()[: len(small_program()) // 2])


def test_a_program_that_fails_while_it_runs_is_our_error() -> None:
    """An exception of the runtime becomes a `HarnessError`."""

    class Failing:
        def execute(self, inputs: list[torch.Tensor]) -> list[torch.Tensor]:
            raise RuntimeError(f"method->execute() failed for {len(inputs)} inputs")

    with pytest.raises(HarnessError, match="could not be run: method->execute"):
        xnnpack.logits(Failing(), sample_pixels(1), PREPROCESSING)


@pytest.mark.parametrize("count", [2, 1])
def test_the_number_of_threads_is_what_was_asked_for(count: int) -> None:
    """The runtime reports it, and programs loaded afterwards run."""
    xnnpack.use_threads(count)
    from executorch.extension.pybindings import portable_lib

    assert portable_lib._threadpool_get_thread_count() == count
    assert xnnpack.logits(xnnpack.load(small_program()), sample_pixels(1), PREPROCESSING).shape == (
        1,
        10,
    )


@pytest.mark.slow
@pytest.mark.system
def test_another_process_exports_the_same_bytes_and_prints_nothing() -> None:
    """Importing, exporting and loading leave the console empty, and the program is equal."""
    run = subprocess.run(
        [sys.executable, "-c", EXPORT], capture_output=True, timeout=300, check=True
    )
    assert run.stderr == b""
    assert run.stdout == small_program()


def test_a_runtime_that_does_not_load_is_no_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is built for another torch has a reason with both versions, and is skipped."""

    def runtime() -> None:
        raise ImportError("undefined symbol: _ZN2at4_ops\nmore")

    monkeypatch.setattr(xnnpack, "_runtime", runtime)
    xnnpack.why_unusable.cache_clear()
    try:
        reason = xnnpack.why_unusable() or ""
        with pytest.raises(Skip) as skip:
            xnnpack.require_executorch()
    finally:
        xnnpack.why_unusable.cache_clear()
    assert torch.__version__ in reason
    assert "undefined symbol" in reason
    assert "more" not in reason
    assert "pip install" in (skip.value.help or "")


def test_the_runtime_of_the_tests_can_be_used() -> None:
    """Here nothing is skipped."""
    assert xnnpack.why_unusable() is None
    xnnpack.require_executorch()
