"""Pickles made by hand, opcode by opcode."""

import pickle
import struct

PROTOCOL = pickle.PROTO + b"\x04"
STOP = pickle.STOP
EMPTY = pickle.EMPTY_TUPLE


def name(module: str, attribute: str) -> bytes:
    """GLOBAL: look up a class or a function."""
    return pickle.GLOBAL + f"{module}\n{attribute}\n".encode()


def stack_name(module: str, attribute: str) -> bytes:
    """STACK_GLOBAL: the same, from two strings."""
    return text(module) + text(attribute) + pickle.STACK_GLOBAL


def text(value: str) -> bytes:
    """BINUNICODE: a string, surrogates allowed as pickle allows them."""
    encoded = value.encode("utf-8", "surrogatepass")
    return pickle.BINUNICODE + struct.pack("<I", len(encoded)) + encoded


def integer(value: int) -> bytes:
    """LONG1: an integer of any sign."""
    encoded = pickle.encode_long(value)
    return pickle.LONG1 + bytes([len(encoded)]) + encoded


def tuple_of(*items: bytes) -> bytes:
    """MARK … TUPLE."""
    return pickle.MARK + b"".join(items) + pickle.TUPLE


def list_of(*items: bytes) -> bytes:
    """EMPTY_LIST MARK … APPENDS."""
    return pickle.EMPTY_LIST + pickle.MARK + b"".join(items) + pickle.APPENDS


def dict_of(*items: tuple[str, bytes]) -> bytes:
    """EMPTY_DICT MARK … SETITEMS."""
    pairs = b"".join(text(key) + value for key, value in items)
    return pickle.EMPTY_DICT + pickle.MARK + pairs + pickle.SETITEMS


def called(function: bytes, *arguments: bytes) -> bytes:
    """REDUCE: call a function."""
    return function + tuple_of(*arguments) + pickle.REDUCE


def built(thing: bytes, state: bytes) -> bytes:
    """BUILD: give an object its state."""
    return thing + state + pickle.BUILD


def new(kind: bytes, *arguments: bytes) -> bytes:
    """NEWOBJ: an object without its constructor."""
    return kind + tuple_of(*arguments) + pickle.NEWOBJ


def storage(key: str = "0", elements: int = 4, kind: str = "FloatStorage") -> bytes:
    """BINPERSID: the storage `key` of the archive."""
    parts = (text("storage"), name("torch", kind), text(key), text("cpu"), integer(elements))
    return tuple_of(*parts) + pickle.BINPERSID


def tensor(
    shape: tuple[int, ...] = (4,),
    stride: tuple[int, ...] = (1,),
    offset: int = 0,
    stored: bytes = storage(),
) -> bytes:
    """A tensor as `torch.save` writes it."""
    return called(
        name("torch._utils", "_rebuild_tensor_v2"),
        stored,
        integer(offset),
        tuple_of(*map(integer, shape)),
        tuple_of(*map(integer, stride)),
        pickle.NEWFALSE,
        called(name("collections", "OrderedDict")),
    )


def module(*attributes: tuple[str, bytes], kind: str = "Identity") -> bytes:
    """A module without layers and with `attributes`."""
    return built(
        new(name("torch.nn.modules.linear", kind)),
        dict_of(("_modules", called(name("collections", "OrderedDict"))), *attributes),
    )


def whole(*parts: bytes) -> bytes:
    """PROTO … STOP."""
    return PROTOCOL + b"".join(parts) + STOP
