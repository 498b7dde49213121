"""Which network of a saved object is taken, and what is beside it."""

from dataclasses import replace

import pytest

from grader.sandbox.child.inert_pickle import StandIn
from grader.sandbox.child.networks_in import UnknownKey, Unreadable
from tests.networks.checkpoints import WANTED
from tests.sandbox.child.test_describe import TENSOR, described, first, module

FIRST, LAST = "features.0.0.weight", "classifier.1.weight"
MATRIX = replace(TENSOR, shape=(1, 1), stride=(1, 1))


@pytest.mark.parametrize(
    "prefix", ["", "module.", "_orig_mod.", "_orig_mod.module.", "module._orig_mod.", "my.net."]
)
def test_state_dict_loses_any_one_prefix(prefix: str) -> None:
    """What stands before the trunk's name goes, and what does not have it is beside the network."""
    beside = {"n_averaged": TENSOR, "criterion.weight": TENSOR, "epoch": 3}
    names = [FIRST, LAST, "total_ops"]
    content = {prefix + name: TENSOR for name in names} | (beside if prefix else {})
    description, raw = described(content)
    assert list(raw) == names
    assert description["prefix"] == prefix
    expected = {"n_averaged": [1], "criterion.weight": [1], "epoch": None} if prefix else {}
    assert description["beside"] == expected


def test_state_dict_of_another_family_loses_what_all_names_share() -> None:
    """Without the trunk's name, every name keeps its last two parts."""
    assert list(described({"module.a.x": TENSOR, "module.b.x": TENSOR})[1]) == ["a.x", "b.x"]
    assert list(described({"module.a": TENSOR, "b": TENSOR})[1]) == ["module.a", "b"]
    assert list(described({"1.weight": TENSOR, "1.bias": TENSOR})[1]) == ["1.weight", "1.bias"]


def state_dict(prefix: str = "") -> dict[str, object]:
    """The tensors of a network with a prefix before their names."""
    return {f"{prefix}{name}": MATRIX for name in (FIRST, LAST)}


def object_with(**attributes: object) -> StandIn:
    """An object that is no module, such as a Namespace or timm's first ModelEma."""
    made = StandIn()
    made.state = attributes
    return made


OTHER = {f"teacher.layer1.{number}.weight": MATRIX for number in range(8)}


@pytest.mark.parametrize(
    ("content", "key", "others"),
    [
        ({"ema": state_dict(), "model": state_dict()}, "model", ["ema"]),
        ({"net": module(), "state_dict": state_dict()}, "state_dict", ["net"]),
        ({"b": state_dict(), "a": state_dict()}, "b", ["a"]),
        ((module(), module()), "0", ["1"]),
        ({"best": {"model": module()}, "last": {"model": module()}}, "best.model", ["last.model"]),
        ({"best": {"model": module()}, "net": module()}, "net", ["best.model"]),
        ({**state_dict("student."), **state_dict("teacher.")}, "student", ["teacher"]),
        ({"x": {**state_dict(), **state_dict("ema.")}}, "x", ["x.ema"]),
        ({**state_dict("model."), **OTHER}, "model", ["teacher"]),
        ({"model": module(), "criterion": module("torch.nn.modules.loss.NLLLoss")}, "model", []),
        ({"a": {"epoch": TENSOR}, "b": state_dict()}, "b", []),
        ({"metrics": {"confusion": MATRIX}, "b": state_dict()}, "b", []),
        ({"optimizer": {"state": {0: {"momentum": MATRIX}}}, "b": state_dict()}, "b", []),
        ({"losses": [0.1] * 20_000, "net": module()}, "net", []),
        ({0: state_dict(), 1: state_dict()}, "0", ["1"]),
        ({"net": module(), "ema": object_with(ema=module())}, "net", ["ema.ema"]),
    ],
)
def test_first_of_several_networks_is_taken_and_the_others_are_named(
    content: object, key: str, others: list[str]
) -> None:
    """By the name of its key, else by its place in the file; each can be asked for by its key."""
    found = described(content)[0]
    assert (found["found_at"], found["others"]) == (key, others)
    for other in others:
        assert described(content, other)[0]["found_at"] == other


def test_a_key_without_a_network_is_an_error_with_the_keys_that_have_one() -> None:
    """A key above several networks means the first of them."""
    content = {"a": {"model": state_dict(), "ema": state_dict()}, "epoch": 3}
    assert described(content, "a")[0]["found_at"] == "a.model"
    with pytest.raises(UnknownKey) as unknown:
        described(content, "epoch")
    assert unknown.value.args[0] == ["a.model", "a.ema"]


def test_network_is_found_in_wrappers() -> None:
    """Averaged, compiled, parallel, alone in a Sequential, and several of them."""
    layers = module(WANTED.root_class, _modules={"features": module()})
    compiled: type[StandIn] = type(
        "OptimizedModule",
        (StandIn,),
        {"qualified_name": "torch._dynamo.eval_frame.OptimizedModule"},
    )
    averaged = module("torch.optim.swa_utils.AveragedModel", _modules={"module": layers})
    parallel = "torch.nn.parallel.data_parallel.DataParallel"
    for content in (
        averaged,
        compiled(layers, None),
        module(parallel, _modules={"module": compiled(averaged, None)}),
        module("torch.nn.modules.container.Sequential", _modules={"0": layers}),
    ):
        assert first(content)["children"] == ["features"]


@pytest.mark.parametrize("name", ["forward", "module", "_forward_hooks"])
def test_a_wrapper_that_runs_something_else_is_refused(name: str) -> None:
    """torch.load's module would not answer as the network in it."""
    layers = {"module": module(WANTED.root_class)}
    wrapper = module(
        "torch.nn.parallel.data_parallel.DataParallel", _modules=layers, **{name: {"0": module()}}
    )
    with pytest.raises(Unreadable, match=f"its own {name}"):
        described(wrapper)


def test_a_compiled_module_with_a_state_is_not_unwrapped() -> None:
    """torch.load would take the network from the state, not from the call."""
    kind: type[StandIn] = type(
        "Compiled", (StandIn,), {"qualified_name": "torch._dynamo.eval_frame.OptimizedModule"}
    )
    compiled = kind(module(WANTED.root_class), None)
    compiled.state = module().state
    assert first(compiled)["class"] == kind.qualified_name


def test_names_that_no_report_can_show_are_no_prefix() -> None:
    """A prefix reaches the report, so it is held to printable text."""
    with pytest.raises(Unreadable, match="invalid name"):
        described({f"\ud800.{FIRST}": TENSOR})
