"""The description of a checkpoint: names, classes and plain attributes."""

from dataclasses import replace

import pytest

from grader.sandbox.child.container import Checkpoint, Excessive
from grader.sandbox.child.describe import DEPTH_AT_MOST, MODULES_AT_MOST, describe
from grader.sandbox.child.inert_pickle import RawTensor, StandIn
from grader.sandbox.child.networks_in import UnknownKey, Unreadable
from tests.networks.checkpoints import WANTED

TENSOR = RawTensor(storage="0", dtype="float32", elements=1, offset=0, shape=(1,), stride=(1,))


def module(name: str = "torch.nn.modules.linear.Identity", **state: object) -> StandIn:
    """A module of the class `name` with the attributes `state`."""
    kind: type[StandIn] = type("Made", (StandIn,), {"qualified_name": name})
    made = kind()
    made.state = {"_modules": {}, "_parameters": {}, "_buffers": {}, "training": False, **state}
    return made


def described(
    content: object, key: str | None = None
) -> tuple[dict[str, object], dict[str, RawTensor]]:
    """The description of a checkpoint that holds `content`."""
    checkpoint = Checkpoint(format="zip", protocol=2, content=content, storages={})
    return describe(checkpoint, replace(WANTED, key=key))


def first(content: object) -> dict[str, object]:
    """The description of the outermost module."""
    modules = described(content)[0]["modules"]
    assert isinstance(modules, list)
    found: dict[str, object] = modules[0]
    return found


def test_module_is_told_with_its_layers_in_order() -> None:
    """Paths are those of the state_dict, children in the order they run."""
    inner = module(_parameters={"weight": TENSOR, "bias": None}, _buffers={"mean": TENSOR})
    found, tensors = described(module(_modules={"b": inner, "a": module()}))
    modules = found["modules"]
    assert isinstance(modules, list)
    assert [each["path"] for each in modules] == ["", "b", "a"]
    assert modules[0]["children"] == ["b", "a"]
    assert list(tensors) == ["b.weight", "b.mean"]
    assert (found["kind"], found["found_at"]) == ("module", "")


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


def test_names_that_no_report_can_show_are_no_prefix() -> None:
    """A prefix reaches the report, so it is held to printable text."""
    with pytest.raises(Unreadable, match="invalid name"):
        described({f"\ud800.{FIRST}": TENSOR})


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ({"state_dict": {"a": TENSOR}, "epoch": 3}, "state_dict"),
        ({"model": module(), "optimizer": {"state": {}}}, "model"),
        ({"mine": {"a": TENSOR}, "acc": 92.3}, "mine"),
        ({"模型": module()}, "模型"),
        ((module(), 0.92), "0"),
        ([0.92, {"a": TENSOR}], "1"),
        ({"state_dict": {"a": TENSOR}, "ema": {"a": TENSOR}}, "state_dict"),
        ({"full_state_dict": {"": module().state, "a": {}}, "attributions": {}}, "full_state_dict"),
    ],
)
def test_network_is_found_under_a_key(content: object, where: str) -> None:
    """The only network in a dict, tuple or list is used, and its key is reported."""
    assert described(content)[0]["found_at"] == where


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (None, "holds neither"),
        ({}, "holds neither"),
        (TENSOR, "holds neither"),
        ({"epoch": 3}, "holds neither"),
        ({"1": {"2": {"3": {"4": {"5": {"a": TENSOR}}}}}}, "holds neither"),
        ({"k" * 201: module()}, "holds neither"),
        ({"\ud800": module()}, "holds neither"),
        ({"a\x1b[2J": TENSOR}, r"has a tensor named 'a\?\[2J'"),
        ({"\ud800": TENSOR}, r"has a tensor named '\?'"),
        ({"a" * 201: TENSOR}, "has a tensor named"),
        ({"__metadata__": TENSOR}, "has a tensor named '__metadata__'"),
        (module(_modules=[]), "than a dict"),
        (module(_modules={"a.b": module()}), "invalid name"),
        (module(_modules={1: module()}), "invalid name"),
        (module(_parameters={"__metadata__": TENSOR}), "invalid name"),
        (module(_modules={"a": 3}), "layer at a"),
        (module(_modules={"a": module(_modules={"b": TENSOR})}), r"layer at a\.b"),
        (module(_parameters={"weight": 3}), "tensor at weight"),
        (module(_parameters={"a": TENSOR}, _buffers={"a": TENSOR}), "two tensors"),
        (module("torch.nn.parallel.data_parallel.DataParallel"), "DataParallel"),
    ],
)
def test_what_holds_no_one_network_is_unreadable(content: object, reason: str) -> None:
    """The reason says what is in the way."""
    with pytest.raises(Unreadable, match=reason):
        described(content)


def test_layers_that_never_end_are_unreadable() -> None:
    """A module within itself, too many layers, or one layer too many times, end the reading."""
    circle = module()
    circle.state["_modules"]["again"] = circle
    with pytest.raises(Excessive, match="deeper"):
        described(circle)
    far = module()
    for _ in range(DEPTH_AT_MOST):
        far = module(_modules={"n" * 200: far})
    with pytest.raises(Excessive, match="deeper"):
        described(far)
    crowd = module(_modules={str(number): module() for number in range(MODULES_AT_MOST + 1)})
    with pytest.raises(Unreadable, match="2000 layers"):
        described(crowd)
    doubled = module()
    for _ in range(DEPTH_AT_MOST):
        doubled = module(_modules={str(number): doubled for number in range(4)})
    with pytest.raises(Unreadable, match="2000 layers"):
        described(doubled)
    heavy = module(_parameters={str(number): TENSOR for number in range(9 * MODULES_AT_MOST)})
    with pytest.raises(Excessive, match="more tensors"):
        described(heavy)


def test_plain_attributes_are_told_and_others_are_unusual() -> None:
    """Numbers, short texts and short tuples of them are JSON; hooks and objects are named."""
    found = first(
        module(
            stride=(2, 2),
            padding_mode="zeros",
            eps=1e-5,
            _private=3,
            _forward_hooks={},
            _backward_hooks={0: module()},
            forward=module(),
            note="x" * 201,
            seed=2**64,
            nested=((1,),),
            deep=[0] * 9,
        )
    )
    assert found["attributes"] == {
        "training": False,
        "stride": [2, 2],
        "padding_mode": "zeros",
        "eps": 1e-5,
    }
    assert found["unusual"] == ["_backward_hooks", "deep", "forward", "nested", "note", "seed"]


def test_attribute_names_that_cannot_be_shown_are_unusual() -> None:
    """Control characters, surrogates and things that are no text do not reach a report."""
    state = module()
    state.state |= {"\x1b[2J": 1, "\ud800": 1, 3: 1}
    assert first(state)["unusual"] == ["an attribute with an unprintable name"] * 3
