"""The description of a checkpoint: names, classes and plain attributes."""

from dataclasses import replace

import pytest

from grader.sandbox.child.container import Checkpoint, Excessive
from grader.sandbox.child.describe import DEPTH_AT_MOST, MODULES_AT_MOST, describe
from grader.sandbox.child.inert_pickle import RawTensor, StandIn
from grader.sandbox.child.networks_in import Unreadable
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
