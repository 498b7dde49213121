"""A restricted unpickler that builds inert stand-ins: nothing of torch is imported or called.

Whatever class a checkpoint names becomes a `StandIn` that only remembers its name and the state it
was given; a tensor becomes a `RawTensor` that says which bytes it would cover. Functions other than
those that rebuild tensors are refused by name. Runs inside the sandbox's child.

BUILD gives any object a state, past its constructor and its checks. So whatever a pickle can get
hold of here defines `__setstate__`. No dataclass here has slots: a frozen one with slots is given a
`__setstate__` that sets its fields.
"""

import pickle
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any, NoReturn

# Classes are inert here, so these may be named freely; lineage decides what they are good for.
_CLASS = re.compile(r"(torch|torchvision|torch_pruning|timm)(\.\w+)*\.[A-Z]\w*")
# Made with nothing but a state in every checkpoint: a call with arguments is a layer of any size.
_LAYER = re.compile(r"(torch\.nn|torchvision\.(models|ops))\..+")
_NUMPY = re.compile(r"numpy\.(_?core\.multiarray\.(scalar|_reconstruct)|dtype|ndarray)")
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
    """The checkpoint asks for something that no saved network needs."""


class _Sealed:
    """Takes no state: what a pickle has got hold of stays as it was made."""

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
    """An object of a class that was not imported; `state` is what BUILD gave it."""

    qualified_name = ""

    def __new__(cls, *arguments: object, **keywords: object) -> "StandIn":
        """Take and forget whatever NEWOBJ or REDUCE passes; nothing, where this is a layer."""
        if (arguments or keywords) and _LAYER.fullmatch(cls.qualified_name):
            raise pickle.UnpicklingError(f"it makes a new {cls.__name__} of a size of its own")
        return super().__new__(cls)

    def __init__(self, *_arguments: object, **_keywords: object) -> None:
        self.state: Any = None

    def __setstate__(self, state: object) -> None:
        self.state = state

    # A stand-in may land in a set or as a key of a dict: identity is all it may be compared by.
    __hash__ = object.__hash__
    __eq__ = object.__eq__


class Table(dict[Any, Any]):
    """Stands in for an OrderedDict. A state, which could hide `items` or `keys`, is forgotten."""

    __slots__ = ()

    def __setstate__(self, state: object) -> None:
        """Forget `_metadata`, which is all the state that torch gives it."""


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
    storage: object, offset: object, shape: object, stride: object, *_ignored: object
) -> RawTensor:
    numbers = (offset, *_integers(shape), *_integers(stride))
    if type(storage) is not tuple or any(type(n) is not int or n < 0 for n in numbers):
        raise pickle.UnpicklingError("a tensor is described by something else than numbers")
    key, dtype, elements = storage
    if type(key) is not str or type(dtype) is not str or type(elements) is not int:
        raise pickle.UnpicklingError("a tensor lies in something else than a storage")
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


def _rebuild_parameter(tensor: object, *_ignored: object) -> object:
    if type(tensor) is not RawTensor:
        raise pickle.UnpicklingError("a parameter holds something else than a tensor")
    return tensor


def _forget(*_ignored: object) -> None:
    """Stands in for what makes bytes: only a number beside the weights was ever made of them.

    And for the plain types: `str` of a list would print it, and all that lies in it.
    """


_PLAIN = (int, float, bool, str, complex)
_BUILTINS: dict[str, Callable[..., object]] = {
    **{kind.__name__: kind for kind in (set, frozenset, list, dict, tuple)},
    **{kind.__name__: _Callable(_forget) for kind in _PLAIN},
}
_FUNCTIONS = {
    "torch._utils._rebuild_tensor": _Callable(_rebuild_tensor),
    "torch._utils._rebuild_tensor_v2": _Callable(_rebuild_tensor),
    "torch._utils._rebuild_parameter": _Callable(_rebuild_parameter),
    "torch._utils._rebuild_parameter_with_state": _Callable(_rebuild_parameter),
    "_codecs.encode": _Callable(_forget),
    "torch.Size": tuple,
}


class InertUnpickler(pickle.Unpickler):
    """Reads a pickle of a network; raises `RefusedGlobal` at the first name it must not touch."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file, encoding="utf-8")
        self._classes: dict[str, type[StandIn]] = {}

    def find_class(self, module: str, name: str) -> Any:
        """The stand-in for `module.name`."""
        module = "builtins" if module == "__builtin__" else module  # Python 2's name, as saved
        full = f"{module}.{name}"
        if full == "collections.OrderedDict":
            return Table
        if module == "builtins" and name in _BUILTINS:
            return _BUILTINS[name]
        if module in {"torch", "torch.cuda"} and name in STORAGES:
            return _StorageType(dtype=STORAGES[name])
        if full in _FUNCTIONS:
            return _FUNCTIONS[full]
        if _CLASS.fullmatch(full) or _NUMPY.fullmatch(full) or full == "torch.device":
            if full not in self._classes:
                self._classes[full] = type(name, (StandIn,), {"qualified_name": full})
            return self._classes[full]
        if module == "torch" and name in STORAGES.values():
            return full
        raise RefusedGlobal(full)

    def persistent_load(self, pid: object) -> object:
        """The storage that `pid` names."""
        return self.storage(pid)

    def storage(self, pid: object) -> tuple[str, str, int]:
        """A storage as (key, dtype, elements)."""
        match pid:  # by type first: a literal would be compared with whatever lies there
            case (str(tag), type() as kind, *_) if tag == "storage" and issubclass(kind, StandIn):
                raise RefusedGlobal(kind.qualified_name)
            case (
                (str(tag), _StorageType(dtype=dtype), str(key), str(), int(elements))
                # None: not a view of another storage, which only the oldest torches wrote.
                | (str(tag), _StorageType(dtype=dtype), str(key), str(), int(elements), None)
            ) if tag == "storage":
                return (key, dtype, elements)
        raise pickle.UnpicklingError("an external object is not a tensor's storage")
