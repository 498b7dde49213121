"""Quantization by torch's engines."""

import contextlib

import pytest
import torch

from grader.experiments import quantize
from grader.experiments.images import ExperimentImages
from grader.experiments.quantize import Unsupported, engines, quantized, using
from grader.experiments.training import untrained
from grader.labs.experiment import Quantization
from tests.experiments.tiny import tiny_experiment


def test_the_engine_is_set_back() -> None:
    """Also after an error."""
    before = torch.backends.quantized.engine
    for engine in engines():
        with contextlib.suppress(ZeroDivisionError), using(engine):
            assert torch.backends.quantized.engine == engine
            raise ZeroDivisionError
    assert torch.backends.quantized.engine == before
    assert "none" not in engines()


@pytest.mark.parametrize("engine", engines())
@pytest.mark.parametrize("row", ["D qint8", "S qint8"])
def test_int8_answers_nearly_as_float32(
    engine: str, row: Quantization, images: ExperimentImages
) -> None:
    """Its values are others, and `parameters()` counts none."""
    network, inputs = untrained(tiny_experiment(), 0).eval(), images.train.inputs
    with using(engine):
        made = quantized(network, row, inputs)
        with torch.inference_mode():
            answers, plain = made(inputs[:20]), network(inputs[:20])
    assert torch.allclose(answers, plain, atol=0.05)
    assert not torch.equal(answers, plain)
    assert list(made.parameters()) == []


def test_static_quantization_before_changes_no_float16(images: ExperimentImages) -> None:
    """`prepare_fx` leaves its settings on the object; here it works on a copy."""
    network, inputs = untrained(tiny_experiment(), 0).eval(), images.train.inputs
    available = [each for each in ("fbgemm", "x86") if each in engines()]
    if not available:
        pytest.skip("this machine has no engine with float16")
    with using(available[0]):
        quantized(network, "S qint8", inputs)
        half = quantized(network, "D float16", inputs)
    assert "float16" in str(half)
    assert "qint8" not in str(half)


def test_what_an_engine_cannot_do_has_torchs_reason(
    images: ExperimentImages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first line of the message, as a student sees it."""
    network = untrained(tiny_experiment(), 0)
    if "qnnpack" in engines():
        with using("qnnpack"), pytest.raises(Unsupported, match="QNNPACK"):
            quantized(network, "D float16", images.train.inputs)

    def refuse(*_: object) -> torch.nn.Module:
        raise RuntimeError("not supported\nby this engine")

    monkeypatch.setitem(quantize._MAKERS, "D qint8", refuse)
    with pytest.raises(Unsupported, match=r"^not supported$"):
        quantized(network, "D qint8", images.train.inputs)
