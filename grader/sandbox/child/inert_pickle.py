"""A restricted unpickler that builds inert stand-ins: nothing of torch is imported or called.

Every class that a checkpoint names becomes a `StandIn` that keeps only its name and its state; a
tensor becomes a `RawTensor` that describes the bytes it would cover. Functions other than those
that rebuild tensors are refused by name. Runs inside the sandbox's child.

The opcode BUILD sets any object's state without calling its constructor. So every object that a
pickle can reach here defines `__setstate__`. No dataclass here has slots: Python gives a frozen one
with slots a `__setstate__` that sets its fields.

torch.load runs what a pickle says in its order. What could make it build another network than the
one described here is refused: a second state, items added to a layer, methods in a table, and
attributes that change a tensor's numbers.
"""

import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, NoReturn

from grader.sandbox.child.inert_names import TABLES, TABLES_FILLED_LATER, is_inert

# Every checkpoint makes these with a state only: a call with arguments could make a huge layer.
_LAYER = re.compile(r"(torch\.nn|torchvision\.(models|ops))\..+")
_NUMBERS = ("data", "real", "imag")  # a parameter's attributes that set its numbers
STORAGES = {
    "FloatStorage": "float32",
    "DoubleStorage": "float64",
    "HalfStorage": "float16",
    "BFloat16Storage": "bfloat16",
    "LongStorage": "int64",
    "IntStorage": "int32",
    "ShortStorage": "int16",
    "CharStorage": "int8",
    "ByteStorage": "uint8",
    "BoolStorage": "bool",
}


class RefusedGlobal(pickle.UnpicklingError):
    """The checkpoint names a global that no saved network needs."""


class SavedMethod(pickle.UnpicklingError):
    """The checkpoint holds a method of one of its objects; `args[0]` is `Class.method`."""


class _Sealed:
    """Refuses a state, so that a pickle cannot change an object after it was made."""

    def __setstate__(self, state: object) -> NoReturn:
        raise pickle.UnpicklingError(f"a {type(self).__name__.strip('_')} was given a state")


@dataclass(frozen=True, kw_only=True)
class RawTensor(_Sealed):
    """A tensor before its bytes are read: `offset` and `stride` in elements of `dtype`.

    All numbers are plain ints and none is negative.
    """

    storage: str
    dtype: str
    elements: int
    offset: int
    shape: tuple[int, ...]
    stride: tuple[int, ...]


class StandIn:
    """An object of a class that was not imported; `state` is the argument of BUILD.

    `arguments` are those of a call of the class.
    """

    qualified_name = ""
    arguments: tuple[object, ...] = ()
    state: Any = None

    def __new__(cls, *arguments: object, **keywords: object) -> "StandIn":
        """Ignore the arguments of NEWOBJ or REDUCE; a layer must have none."""
        if (arguments or keywords) and _LAYER.fullmatch(cls.qualified_name):
            raise pickle.UnpicklingError(f"it calls {cls.__name__} with arguments")
        return super().__new__(cls)

    def __init__(self, *arguments: object, **_keywords: object) -> None:
        self.arguments = arguments

    def __setstate__(self, state: object) -> None:
        """Keep a copy, as torch does: a later change of the dict is none of the object."""
        if self.state is not None:
            raise pickle.UnpicklingError(f"it gives {type(self).__name__} a state twice")
        self.state = dict(state) if isinstance(state, dict) else state

    def _take_items(self, *_items: object) -> None:
        """Ignore the items of a list, deque or table that is not a network's; refuse a layer's."""
        if _LAYER.fullmatch(self.qualified_name):
            raise pickle.UnpicklingError(f"it adds items to a {type(self).__name__}")

    __setitem__ = append = extend = _take_items

    # A stand-in may be in a set or be a key of a dict: it is compared by identity only.
    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Table(dict[Any, Any]):
    """Replaces dicts such as OrderedDict. Refuses a state that could override `items`."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        """Ignore `_metadata`, the only state that torch gives it."""
        if not (isinstance(state, dict) and all(_is(key, "_metadata") for key in state)):
            raise pickle.UnpicklingError("a table was given attributes")


class FilledLater(Table):
    """Replaces dicts such as defaultdict, whose arguments are not their items."""

    __slots__ = ()

    def __init__(self, *_arguments: object) -> None:
        super().__init__()

    def __setstate__(self, state: object) -> None:
        """Ignore it: some keep their items there again. No layer has such a table."""


def _is(value: object, text: str) -> bool:
    return type(value) is str and value == text


@dataclass(frozen=True)
class _Callable(_Sealed):
    """A function the unpickler may call."""

    function: Callable[..., object]

    def __call__(self, *arguments: object) -> object:
        return self.function(*arguments)


@dataclass(frozen=True, kw_only=True)
class _StorageType(_Sealed):
    dtype: str


def _rebuild_tensor(
    storage: object, offset: object, shape: object, stride: object, *others: object
) -> RawTensor:
    if any(isinstance(each, dict) and each for each in others[2:]):  # gradient, hooks, metadata
        raise pickle.UnpicklingError("a tensor is a negated or conjugated view")
    numbers = (offset, *_integers(shape), *_integers(stride))
    if type(storage) is not tuple or any(type(n) is not int or n < 0 for n in numbers):
        raise pickle.UnpicklingError("a tensor is not described by non-negative integers")
    key, dtype, elements = storage
    if type(key) is not str or type(dtype) is not str or type(elements) is not int:
        raise pickle.UnpicklingError("a tensor's storage is malformed")
    return RawTensor(
        storage=key,
        dtype=dtype,
        elements=elements,
        offset=numbers[0],
        shape=_integers(shape),
        stride=_integers(stride),
    )


def _integers(value: object) -> tuple[Any, ...]:
    if type(value) is not tuple:
        raise pickle.UnpicklingError("a tensor's shape is not a tuple")
    return value


def _rebuild_parameter(tensor: object, *others: object) -> object:
    if type(tensor) is not RawTensor:
        raise pickle.UnpicklingError("a parameter does not hold a tensor")
    for state in others[2:]:  # after the gradient and the hooks; a pair if its class has slots
        for each in state if isinstance(state, tuple) else (state,):
            if isinstance(each, dict) and not all(map(_is_own_attribute, each)):
                raise pickle.UnpicklingError("a parameter is given other numbers after it was made")
    return tensor


def _is_own_attribute(name: object) -> bool:
    """True for an attribute that someone gave to a parameter, such as a mark of a pruner."""
    return type(name) is str and name not in _NUMBERS and not name.startswith("__")


def _forget(*_ignored: object) -> None:
    """Replaces functions that make bytes, used only for numbers beside the weights.

    Also replaces the plain types: `str` of a list would print it and everything in it.
    """


def _attribute(*arguments: object) -> None:
    """Replaces getattr, with which pickle saves a method of an object."""
    match arguments:
        case (StandIn() as owner, str()) if type(owner).qualified_name.startswith("torch._"):
            return  # of torch's compiler, beside a compiled network
        case (StandIn() as owner, str(method)):
            raise SavedMethod(f"{type(owner).__name__}.{method}")
    raise RefusedGlobal("builtins.getattr")


_PLAIN = (int, float, bool, str, complex, bytes, bytearray)
_BUILTINS: dict[str, Callable[..., object]] = {
    **{kind.__name__: kind for kind in (set, frozenset, list, dict, tuple)},
    **{kind.__name__: _Callable(_forget) for kind in _PLAIN},
    **dict.fromkeys(("long", "range", "type", "unicode", "xrange"), _Callable(_forget)),
    "getattr": _Callable(_attribute),
}
_FUNCTIONS = {
    "torch._utils._rebuild_tensor": _Callable(_rebuild_tensor),
    "torch._utils._rebuild_tensor_v2": _Callable(_rebuild_tensor),
    "torch._utils._rebuild_parameter": _Callable(_rebuild_parameter),
    "torch._utils._rebuild_parameter_with_state": _Callable(_rebuild_parameter),
    "_codecs.encode": _Callable(_forget),
    "torch.Size": tuple,
}


_KNOWN: dict[str, object] = {
    **{f"builtins.{name}": function for name, function in _BUILTINS.items()},
    **_FUNCTIONS,
    **dict.fromkeys(TABLES, Table),
    **dict.fromkeys(TABLES_FILLED_LATER, FilledLater),
    **{
        f"{module}.{name}": _StorageType(dtype=dtype)
        for module in ("torch", "torch.cuda")
        for name, dtype in STORAGES.items()
    },
    **{f"torch.{dtype}": f"torch.{dtype}" for dtype in STORAGES.values()},
}


class InertUnpickler(pickle.Unpickler):
    """Reads a pickle of a network; raises `RefusedGlobal` at the first name that is not allowed."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="utf-8")
        self._classes: dict[str, type[StandIn]] = {}
        self._dtypes: dict[str, str] = {}

    def find_class(self, module: str, name: str) -> Any:
        """The stand-in for `module.name`."""
        module = "builtins" if module == "__builtin__" else module  # Python 2's name, as saved
        full = f"{module}.{name}"
        if full in _KNOWN:
            return _KNOWN[full]
        if is_inert(full):
            if full not in self._classes:
                self._classes[full] = type(name, (StandIn,), {"qualified_name": full})
            return self._classes[full]
        raise RefusedGlobal(full)

    def persistent_load(self, pid: object) -> object:
        """The storage that `pid` names."""
        return self.storage(pid)

    def storage(self, pid: object) -> tuple[str, str, int]:
        """A storage as (key, dtype, elements)."""
        match pid:  # by type first: a literal would be compared with an object of the pickle
            case (str(tag), type() as kind, *_) if tag == "storage" and issubclass(kind, StandIn):
                raise RefusedGlobal(kind.qualified_name)
            case (
                (str(tag), _StorageType(dtype=dtype), str(key), str(), int(elements))
                # None: not a view of another storage, which only very old torch wrote.
                | (str(tag), _StorageType(dtype=dtype), str(key), str(), int(elements), None)
            ) if tag == "storage":
                # torch.load keeps the dtype of the first mention for all.
                if self._dtypes.setdefault(key, dtype) != dtype:
                    raise pickle.UnpicklingError("a storage has two dtypes")
                return (key, dtype, elements)
        raise pickle.UnpicklingError("an external object is not a tensor's storage")
