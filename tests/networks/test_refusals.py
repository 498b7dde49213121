"""A refused checkpoint is named as what it is."""

import pytest

from grader.networks.description import Description
from grader.networks.mobilenet_v2.family import MOBILENET_V2
from grader.networks.refusals import refusal


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("torch.qint8", "quantised"),
        ("torch._utils._rebuild_qtensor", "quantised"),
        ("torch.per_channel_affine", "quantised"),
        ("torchao.quantization.Int8Tensor", "quantised"),
        ("torch.fx.graph_module.reduce_graph_module", "torch.fx"),
        ("torch.jit._pickle.build_intlist", "TorchScript"),
        ("torch.storage._load_from_bytes", "pickle or joblib"),
        ("__main__.Net", "notebook"),
        ("os.system", "asks to load"),
    ],
)
def test_a_name_that_was_refused_says_what_the_file_holds(name: str, word: str) -> None:
    """The name itself is always in the reason, and nothing was run."""
    fault = refusal(Description(refused_global=name), "mobilenet.pth", MOBILENET_V2)
    assert fault is not None
    assert word in fault.reason
    assert repr(name) in fault.reason
    assert fault.help


def test_names_elsewhere_in_the_file_tell_a_quantised_network() -> None:
    """The first refused name may be one that other files have too."""
    description = Description(refused_global="functools.partial", quantised=True)
    fault = refusal(description, "mobilenet.pth", MOBILENET_V2)
    assert fault is not None
    assert "quantised" in fault.reason


def test_methods_of_a_layer_are_those_of_a_counter() -> None:
    """Ptflops leaves them; the help says what to do."""
    description = Description(saved_method="MobileNetV2.start_flops_count")
    fault = refusal(description, "mobilenet.pth", MOBILENET_V2)
    assert fault is not None
    assert "start_flops_count" in fault.reason
    assert "save before counting" in fault.help


def test_what_was_not_refused_has_no_fault() -> None:
    """A description of a network."""
    assert refusal(Description(kind="state_dict"), "mobilenet.pth", MOBILENET_V2) is None
