"""The restricted unpickler: what it builds, and that nothing in a pickle reaches past it."""

import io
import os
import pickle
from collections import OrderedDict
from pathlib import Path

import pytest

from grader.sandbox.child.inert_pickle import (
    InertUnpickler,
    RawTensor,
    RefusedGlobal,
    StandIn,
    Table,
)
from tests.sandbox.pickles import (
    EMPTY,
    built,
    called,
    dict_of,
    integer,
    list_of,
    name,
    new,
    stack_name,
    storage,
    tensor,
    text,
    tuple_of,
    whole,
)

SYSTEM = name("os", "system")


def load(pickled: bytes) -> object:
    """Return the unpickler's result for a pickle."""
    return InertUnpickler(io.BytesIO(pickled)).load()


def test_tensor_says_where_its_bytes_lie() -> None:
    """No byte is read and no array made: only the description is kept."""
    assert load(whole(tensor((2, 2), (2, 1), offset=1))) == RawTensor(
        storage="0", dtype="float32", elements=4, offset=1, shape=(2, 2), stride=(2, 1)
    )


def test_class_becomes_a_stand_in_that_knows_its_name() -> None:
    """A module of any of the field's packages is inert: its state and nothing else."""
    kind = name("torchvision.models.vgg", "VGG")
    found = load(whole(built(new(kind), dict_of(("depth", integer(16))))))
    assert isinstance(found, StandIn)
    assert type(found).qualified_name == "torchvision.models.vgg.VGG"
    assert found.state == {"depth": 16}


def test_arguments_are_forgotten_unless_they_make_a_layer() -> None:
    """A device is a call with its name; a layer of a size in the pickle is refused unmade."""
    assert isinstance(load(whole(called(name("torch", "device"), text("cuda:0")))), StandIn)
    sizes = integer(30_000), integer(30_000)
    for layer in (name("torch.nn.modules.linear", "Linear"), name("torch.nn", "Linear")):
        for made in (called(layer, *sizes), new(layer, *sizes)):
            with pytest.raises(pickle.UnpicklingError, match="Linear with arguments"):
                load(whole(made))


@pytest.mark.parametrize("kind", ["str", "int", "float", "bool", "complex"])
def test_plain_types_are_not_called(kind: str) -> None:
    """`str` of a list within lists would print it, ten to the twentieth parts of it."""
    laughs = pickle.EMPTY_LIST
    for _ in range(20):
        laughs = pickle.MARK + laughs + pickle.DUP * 9 + pickle.LIST
    assert load(whole(called(name("builtins", kind), laughs))) is None


@pytest.mark.parametrize(
    ("attack", "refused"),
    [
        (whole(called(SYSTEM, text("touch {}"))), "os.system"),
        (whole(called(stack_name("posix", "system"), text("touch {}"))), "posix.system"),
        (b"(S'touch {}'\nios\nsystem\n.", "os.system"),  # INST
        (b"(cos\nsystem\nS'touch {}'\no.", "os.system"),  # OBJ
        (whole(called(name("builtins", "eval"), text("open('{}', 'w')"))), "builtins.eval"),
        (whole(called(name("__builtin__", "getattr"), integer(1))), "builtins.getattr"),
        (whole(new(name("subprocess", "Popen"), text("touch {}"))), "subprocess.Popen"),
        (whole(name("torch", "load")), "torch.load"),
        (whole(name("torch.hub", "load")), "torch.hub.load"),
        (whole(name("torch.nn.modules.module", "_load")), "torch.nn.modules.module._load"),
        (whole(name("torch._tensor", "_rebuild_from_type_v2")), "torch._tensor._rebuild_from"),
        (whole(name("torch.storage", "_load_from_bytes")), "torch.storage._load_from_bytes"),
        (whole(name("numpy", "load")), "numpy.load"),
        (whole(name("functools", "partial")), "functools.partial"),
        (whole(name("__main__", "Net")), "__main__.Net"),
        (whole(name("torchvisionX.models", "Net")), "torchvisionX.models.Net"),
        (whole(stack_name("collections", "OrderedDict.pop")), "collections.OrderedDict.pop"),
    ],
)
def test_names_that_no_network_needs_are_refused(
    attack: bytes, refused: str, tmp_path: Path
) -> None:
    """The first such name is in the error; nothing was called."""
    made = tmp_path / "made"
    with pytest.raises(RefusedGlobal) as refusal:
        load(attack.replace(b"{}", bytes(made)))
    assert str(refusal.value).startswith(refused)
    assert not made.exists()


def test_reduce_of_pythons_own_making_is_refused(tmp_path: Path) -> None:
    """A pickle that runs a command on loading does not run it here."""
    made = tmp_path / "made"

    class Attack:
        def __reduce__(self) -> tuple[object, ...]:
            return os.system, (f"touch {made}",)

    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        with pytest.raises(RefusedGlobal, match=r"\.system"):
            load(pickle.dumps(Attack(), protocol=protocol))
    assert not made.exists()


@pytest.mark.parametrize("opcode", [pickle.EXT1 + b"\x01", pickle.EXT2 + b"\x01\x02"])
def test_extension_codes_lead_nowhere(opcode: bytes) -> None:
    """Codes of copyreg's registry, which is empty, are an error."""
    with pytest.raises(ValueError, match="unregistered extension code"):
        load(whole(opcode))


@pytest.mark.parametrize(
    ("thing", "state"),
    [
        (tensor(), list_of(text("0"), text("float32"), integer(4), integer(-1000))),
        (tensor(), dict_of(("offset", integer(-1000)))),
        (tensor(), tuple_of(pickle.NONE, dict_of(("offset", integer(-1000))))),
        (name("torch", "FloatStorage"), list_of(text("object"))),
        (name("torch", "FloatStorage"), dict_of(("dtype", text("object")))),
        (name("torch._utils", "_rebuild_tensor_v2"), list_of(name("builtins", "list"))),
        (name("torch._utils", "_rebuild_parameter"), dict_of(("function", EMPTY))),
        (name("builtins", "list"), dict_of(("append", EMPTY))),
        (name("collections", "OrderedDict"), dict_of(("items", EMPTY))),
        (name("torch.nn", "Module"), dict_of(("__setstate__", EMPTY))),
    ],
)
def test_nothing_but_a_stand_in_takes_a_state(thing: bytes, state: bytes) -> None:
    """BUILD cannot alter a tensor past its checks, a function, or a class."""
    with pytest.raises((pickle.UnpicklingError, TypeError, AttributeError)):
        load(whole(built(thing, state)))


TABLE = called(name("collections", "OrderedDict"))


def test_ordered_dict_keeps_its_methods() -> None:
    """Its state is where torch keeps `_metadata`, and nothing is kept of it."""
    found = load(whole(built(TABLE, dict_of(("_metadata", TABLE)))))
    assert type(found) is Table
    assert list(found.items()) == []
    assert not hasattr(found, "__dict__")


STATE = dict_of(("depth", integer(16)))
LAYERS = built(new(name("torch.nn.modules.container", "Sequential")), STATE)
REBUILD = name("torch._utils", "_rebuild_tensor_v2")
ONE = tuple_of(integer(1))
VIEW = called(
    REBUILD,
    storage(),
    integer(0),
    ONE,
    ONE,
    pickle.NEWFALSE,
    TABLE,
    dict_of(("neg", pickle.NEWTRUE)),
)


def parameter(*state: tuple[str, bytes]) -> bytes:
    """A parameter with attributes of its own."""
    rebuild = name("torch._utils", "_rebuild_parameter_with_state")
    return called(rebuild, tensor(), pickle.NEWFALSE, TABLE, dict_of(*state))


@pytest.mark.parametrize(
    "other",
    [
        built(LAYERS, STATE),
        LAYERS + integer(0) + pickle.APPEND,
        LAYERS + pickle.MARK + integer(0) + pickle.APPENDS,
        LAYERS + integer(0) + integer(0) + pickle.SETITEM,
        built(TABLE, dict_of(("values", name("builtins", "list")))),
        VIEW,
        parameter(("data", tensor())),
        parameter(("__class__", name("torch", "Tensor"))),
        tuple_of(tensor(), tensor(stored=storage(kind="IntStorage"))),
    ],
)
def test_what_torch_load_would_make_another_network_of_is_refused(other: bytes) -> None:
    """A second state, a layer's items, a table's methods, and numbers set by an attribute."""
    with pytest.raises(pickle.UnpicklingError):
        load(whole(other))


def test_attributes_of_a_parameter_are_ignored() -> None:
    """Such as the marks of a pruner."""
    assert isinstance(load(whole(parameter(("pruned", pickle.NEWTRUE)))), RawTensor)


def test_state_that_is_changed_later_is_the_one_that_was_given() -> None:
    """As torch.load takes it."""
    memo = pickle.BINPUT + b"\x00"
    layer = new(name("torch.nn", "Identity")) + STATE + memo + pickle.BUILD
    change = pickle.BINGET + b"\x00" + text("depth") + integer(1) + pickle.SETITEM + pickle.POP
    found = load(whole(layer, change))
    assert isinstance(found, StandIn)
    assert found.state == {"depth": 16}


def test_ordered_dict_of_pairs_is_read() -> None:
    """Python 2 and old torches wrote an OrderedDict as a call with its pairs."""
    pickled = pickle.dumps(OrderedDict(a=1, b=2), protocol=2)
    assert load(pickled) == {"a": 1, "b": 2}


@pytest.mark.parametrize(
    "attack",
    [
        tensor((-4,), (1,)),
        tensor((4,), (-1,)),
        tensor(offset=-1),
        tensor(stored=text("0")),
        tensor(stored=tuple_of(text("0"), text("float32"), text("4"))),
        called(name("torch._utils", "_rebuild_parameter"), text("no tensor")),
        called(name("torch._utils", "_rebuild_tensor_v2"), storage(), integer(0), text("4"), EMPTY),
    ],
)
def test_tensors_of_impossible_numbers_are_damage(attack: bytes) -> None:
    """Negative or missing numbers are caught before anything is computed with them."""
    with pytest.raises(pickle.UnpicklingError):
        load(whole(attack))


@pytest.mark.parametrize(
    "identity",
    [
        text("0"),
        tuple_of(text("module"), name("torch.nn", "Linear"), text("source")),
        tuple_of(text("storage"), text("FloatStorage"), text("0"), text("cpu"), integer(4)),
        tuple_of(
            *(text("storage"), name("torch", "FloatStorage"), text("0"), text("cpu"), integer(4)),
            tuple_of(text("1"), integer(0), integer(4)),
        ),
    ],
)
def test_external_objects_other_than_storages_are_damage(identity: bytes) -> None:
    """A persistent id names a whole storage of a known type, or it is refused."""
    with pytest.raises(pickle.UnpicklingError, match="not a tensor's storage"):
        load(whole(identity, pickle.BINPERSID))


def test_storages_of_other_numbers_are_told_by_name() -> None:
    """Complex and quantised numbers are no damage, but no part of a MobileNetV2 either."""
    with pytest.raises(RefusedGlobal, match=r"torch\.ComplexFloatStorage"):
        load(whole(storage(kind="ComplexFloatStorage")))
