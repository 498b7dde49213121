"""Pickles by their grammar: opcodes that fit each other, and names that must not be followed."""

import pickle
import pickletools
import struct
from dataclasses import dataclass

from hypothesis import strategies as st

from grader.sandbox.child.inert_pickle import STORAGES
from tests.sandbox.pickles import (
    built,
    called,
    dict_of,
    integer,
    list_of,
    module,
    name,
    new,
    stack_name,
    storage,
    tensor,
    text,
    tuple_of,
)

_MODULES = {  # by module: what of it a pickle may try to get hold of
    "os": ("system", "popen", "remove"),
    "posix": ("system",),
    "subprocess": ("Popen", "run"),
    "builtins": ("eval", "exec", "getattr", "setattr", "open", "__import__", "print", "type"),
    "__builtin__": ("apply", "dict", "set", "bytearray", "object", "map", "complex"),
    "collections": ("OrderedDict", "OrderedDict.fromkeys", "defaultdict", "Counter", "deque"),
    "_codecs": ("encode", "decode", "lookup"),
    "copyreg": ("_reconstructor", "__newobj__", "add_extension"),
    "functools": ("partial", "reduce"),
    "operator": ("attrgetter", "methodcaller", "call"),
    "numpy": ("dtype", "ndarray", "load", "save"),
    "numpy.core.multiarray": ("scalar", "_reconstruct"),
    "torch": ("Size", "device", "float32", "load", "hub.load", *STORAGES),
    "torch._utils": ("_rebuild_tensor_v2", "_rebuild_parameter", "_import_dotted_name"),
    "torch._tensor": ("_rebuild_from_type_v2", "Tensor"),
    "torch.nn.modules.linear": ("Linear", "Identity", "Linear.__class__", "Identity.__setstate__"),
    "torch.nn.modules.container": ("Sequential", "Sequential.__subclasses__"),
    "torch.nn.parallel.data_parallel": ("DataParallel",),
    "torch.jit._script": ("ScriptModule", "RecursiveScriptModule"),
    "torchvision.models.mobilenetv2": ("MobileNetV2", "InvertedResidual", "mobilenet_v2"),
    "grader.sandbox.child.inert_pickle":
        ("StandIn", "Table", "RawTensor", "_Callable", "InertUnpickler"),
    "tests.fuzz.canary": ("sing", "Cage", "Cage.__init__"),
}  # fmt: skip
_PAIRS = [(each, attribute) for each, attributes in _MODULES.items() for attribute in attributes]
NAMES = st.builds(
    lambda how, pair: how(*pair), st.sampled_from([name, stack_name]), st.sampled_from(_PAIRS)
)

_TEXTS = [
    *("", "0", "weight", "_modules", "_parameters", "_buffers", "__class__", "forward"),
    *("storage", "cpu", "state_dict", "module", "__metadata__", "inf"),
    *("\ud800", "\x1b[2J", "a" * 300),
]
_INTEGERS = [0, 1, 2, 3, 4, 8, 255, 65_536, 2**31, 2**40, 2**63, 2**64, -1, -(2**31), -(2**63)]
_LINES = [b"F1e999", b"I01", b"I99", b"L99L", b"S'a'", b"Va\\u0000", b"P0"]  # of protocol 0
_LEAVES = st.one_of(
    st.sampled_from([pickle.NONE, pickle.NEWTRUE, pickle.NEWFALSE, pickle.EMPTY_LIST]),
    st.sampled_from([pickle.EMPTY_DICT, pickle.EMPTY_TUPLE, pickle.EMPTY_SET]),
    st.sampled_from(_TEXTS).map(text),
    st.sampled_from(_INTEGERS).map(integer),
    st.floats(width=64).map(lambda value: pickle.BINFLOAT + struct.pack(">d", value)),
    st.sampled_from(_LINES).map(lambda line: line + b"\n"),
    st.binary(max_size=4).map(lambda value: pickle.SHORT_BINBYTES + bytes([len(value)]) + value),
    st.integers(0, 255).map(lambda at: pickle.BINGET + bytes([at])),
    st.sampled_from([b"\x82\x01", b"\x83\x01\x00", b"\x84\x01\x00\x00\x00"]),  # EXT1, 2 and 4
    NAMES,
    st.sampled_from(list(STORAGES)).map(lambda kind: storage(kind=kind)),
    st.just(tensor()),
    st.just(module()),
)


def _branches(values: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    """What leaves one value on the stack and is made of others that do."""
    several = st.lists(values, max_size=3)
    items = st.lists(st.tuples(st.sampled_from(_TEXTS), values), max_size=3)
    several_in_a_row = several.map(b"".join)
    return st.one_of(
        several.map(lambda parts: tuple_of(*parts)),
        several.map(lambda parts: list_of(*parts)),
        items.map(lambda pairs: dict_of(*pairs)),
        items.map(lambda pairs: module(*pairs)),
        several_in_a_row.map(lambda parts: pickle.MARK + parts + pickle.FROZENSET),
        st.builds(lambda function, parts: called(function, *parts), NAMES | values, several),
        st.builds(lambda kind, parts: new(kind, *parts), NAMES | values, several),
        st.builds(built, NAMES | values, values),
        st.builds(_object, NAMES, several_in_a_row),
        st.builds(_instance, st.sampled_from(_PAIRS), several_in_a_row),
        st.builds(_new_with_keywords, NAMES, values),
        st.builds(_tensor_of, st.lists(st.sampled_from(_INTEGERS), max_size=5), values),
        st.builds(_stored, values, values, values),
        st.builds(_repeated, values, st.integers(1, 12)),
        st.builds(_memoized, values, st.integers(0, 255)),
        st.tuples(values, st.sampled_from([pickle.MEMOIZE, pickle.BINPERSID])).map(b"".join),
        st.tuples(values, values, st.just(pickle.APPEND)).map(b"".join),
        st.tuples(values, values, values, st.just(pickle.SETITEM)).map(b"".join),
    )


def _object(kind: bytes, parts: bytes) -> bytes:
    return pickle.MARK + kind + parts + pickle.OBJ


def _instance(pair: tuple[str, str], parts: bytes) -> bytes:
    return pickle.MARK + parts + pickle.INST + f"{pair[0]}\n{pair[1]}\n".encode()


def _memoized(value: bytes, at: int) -> bytes:
    return value + pickle.BINPUT + bytes([at])


def _new_with_keywords(kind: bytes, value: bytes) -> bytes:
    return kind + tuple_of(value) + dict_of(("_modules", value)) + pickle.NEWOBJ_EX


def _stored(key: bytes, kind: bytes, elements: bytes) -> bytes:
    return tuple_of(text("storage"), kind, key, text("cpu"), elements) + pickle.BINPERSID


def _repeated(value: bytes, times: int) -> bytes:
    """A value within itself again and again: `times` doublings take a few bytes."""
    return value + (pickle.DUP + pickle.TUPLE2) * times


def _tensor_of(numbers: list[int], stored: bytes) -> bytes:
    return tensor(tuple(numbers), tuple(reversed(numbers)), sum(numbers[:1]), stored)


VALUES = st.recursive(_LEAVES, _branches, max_leaves=8)
_CODES = [opcode.code.encode("latin-1") for opcode in pickletools.opcodes if opcode.arg is None]
_LOOSE = st.sampled_from(_CODES) | st.sampled_from(
    [
        pickle.PROTO + b"\x05",
        pickle.FRAME + struct.pack("<Q", 2**62),
        pickle.BYTEARRAY8 + struct.pack("<Q", 1 << 31),
        pickle.BINBYTES8 + struct.pack("<Q", 2**62),
        pickle.LONG4 + struct.pack("<i", -1),
        pickle.LONG4 + struct.pack("<i", 0x7FFFFFFF),
        pickle.LONG_BINPUT + struct.pack("<I", 1 << 22),
        pickle.LONG_BINPUT + struct.pack("<I", 0xFFFFFFFF),
        pickle.LONG_BINGET + struct.pack("<I", 0xFFFFFFFF),
        pickle.PUT + b"-1\n",
        pickle.PUT + b"99999999999\n",
    ]
)


@dataclass(frozen=True, slots=True)
class Opcode:
    """One opcode of a pickle with its argument."""

    name: str
    code: bytes


def opcodes(pickled: bytes) -> tuple[Opcode, ...]:
    """The pickle taken apart; what follows its STOP is left out."""
    found = [(opcode.name, at or 0) for opcode, _, at in pickletools.genops(pickled)]
    ends = [*(at for _, at in found[1:]), found[-1][1] + 1]
    return tuple(Opcode(each, pickled[at:end]) for (each, at), end in zip(found, ends, strict=True))


@st.composite
def spliced(draw: st.DrawFn, whole: tuple[Opcode, ...]) -> bytes:
    """A pickle with a few opcodes left out, moved, or in the place of others."""
    codes = [each.code for each in whole]
    places: dict[str, list[int]] = {}
    for at, each in enumerate(whole):
        places.setdefault(each.name, []).append(at)
    for _ in range(draw(st.sampled_from([1, 1, 2, 3, 5]))):
        kind = draw(st.sampled_from(sorted(places)))  # or nearly all would be memos
        at = draw(st.sampled_from(places[kind]))
        match draw(st.sampled_from(["argument", "argument", "value", "value", "loose", "move"])):
            case "argument":
                codes[at] = draw(_alike(kind))
            case "value":
                codes[at] += draw(VALUES) + draw(st.sampled_from([b"", pickle.POP]))
            case "loose":
                codes[at] += draw(_LOOSE)
            case "move":
                to = draw(st.integers(0, len(codes) - 1))
                count = draw(st.integers(0, 20))
                codes[to] += b"".join(codes[at : at + count])
                codes[at] = draw(st.sampled_from([b"", codes[at]]))
    return b"".join(codes)


def _alike(kind: str) -> st.SearchStrategy[bytes]:
    """What may stand in an opcode's place without upsetting the stack."""
    if kind in {"GLOBAL", "STACK_GLOBAL"}:
        return NAMES
    if kind.startswith(("BININT", "LONG", "INT")):
        return st.sampled_from(_INTEGERS).map(integer)
    if "UNICODE" in kind:
        return st.sampled_from(_TEXTS).map(text)
    if kind.endswith("GET"):
        return st.integers(0, 255).map(lambda at: pickle.BINGET + bytes([at]))
    return VALUES.map(lambda value: pickle.POP + value)
