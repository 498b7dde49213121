"""Describes a checkpoint's network as JSON values, and finds its tensors by state_dict name.

Runs inside the sandbox's child. Nothing of the checkpoint is called, compared, hashed or printed.
"""

import re
from collections.abc import Iterator
from typing import Any

from grader.sandbox.child.container import Checkpoint, Excessive
from grader.sandbox.child.inert_pickle import RawTensor, StandIn, Table
from grader.sandbox.child.networks_in import (
    NAME_AT_MOST,
    Found,
    Unreadable,
    Wanted,
    is_module,
    is_text,
    network_in,
)

MODULES_AT_MOST = 2_000
DEPTH_AT_MOST = 12
PATH_AT_MOST = 1_000  # a tensor's name is longer by one part, and may have 2,000
TENSOR_NAME = re.compile(r"(?!__metadata__)[\w.-]{1,200}", re.ASCII)
LAYER_NAME = re.compile(r"(?!__metadata__)[\w-]{1,200}", re.ASCII)
_PRIMITIVES = (type(None), bool, int, float, str)
_MACHINERY = {
    "_parameters",
    "_buffers",
    "_modules",
    "_non_persistent_buffers_set",
    "_is_full_backward_hook",
}


def describe(checkpoint: Checkpoint, wanted: Wanted) -> tuple[dict[str, Any], dict[str, RawTensor]]:
    """The JSON that `grader.networks.description` reads, and every tensor by its state_dict name.

    A dict that Torch-Pruning wrote is loaded into a network of the family's class and described as
    one. Raises `Unreadable`, `UnknownKey` and `Excessive`.
    """
    found, others = network_in(checkpoint.content, wanted)
    header = {
        "format": checkpoint.format,
        "protocol": checkpoint.protocol,
        "found_at": found.key,
        "others": list(others),
    }
    raw: dict[str, RawTensor] = {}
    if isinstance(found.content, StandIn):
        modules = list(_modules(found.content, "", 0, raw))
        return {**header, "kind": "module", "modules": modules}, raw
    beside = {
        printable(name): _shape(each) if type(each) is RawTensor else None
        for name, each in found.beside.items()
    }
    header |= {"prefix": printable(found.prefix), "beside": beside}
    return {**header, "kind": "state_dict"}, _state_dict(found)


def _shape(tensor: RawTensor) -> list[int]:
    return [min(length, 1 << 40) for length in tensor.shape[:8]]


def printable(text: str) -> str:
    """`text` of a hand-in with everything but printable ASCII replaced by "?", shortened."""
    return re.sub(r"[^\x20-\x7e]", "?", text)[:NAME_AT_MOST]


def _state_dict(found: Found) -> dict[str, RawTensor]:
    assert isinstance(found.content, dict)
    raw = {name.removeprefix(found.prefix): tensor for name, tensor in found.content.items()}
    odd = next((name for name in raw if not TENSOR_NAME.fullmatch(name)), None)
    if odd is not None:
        raise Unreadable(f"has a tensor named {printable(odd)!r}")
    return raw


def _modules(
    module: StandIn, path: str, depth: int, raw: dict[str, RawTensor]
) -> Iterator[dict[str, Any]]:
    """Every module in the order it runs; also adds the modules' tensors to `raw`."""
    if depth > DEPTH_AT_MOST or len(path) > PATH_AT_MOST:
        raise Excessive("nests its layers deeper")
    state = module.state
    prefix = f"{path}." if path else ""
    for name, tensor in _own_tensors(state, prefix):
        if name in raw:
            raise Unreadable(f"has two tensors named {name}")
        raw[name] = tensor
    if len(raw) > 8 * MODULES_AT_MOST:
        raise Excessive("has more tensors")
    children = _items(state.get("_modules"))
    yield {
        "path": path,
        "class": type(module).qualified_name[:NAME_AT_MOST],
        "attributes": {name: _value(state[name]) for name in state if _is_attribute(name, state)},
        "unusual": sorted(_unusual(state)),
        "children": [name for name, _ in children],
    }
    count = 0
    for name, child in children:
        if not is_module(child):
            raise Unreadable(f"has something other than a layer at {prefix}{name}")
        for described in _modules(child, prefix + name, depth + 1, raw):
            count += 1
            if count > MODULES_AT_MOST:
                raise Unreadable(f"has more than {MODULES_AT_MOST} layers")
            yield described


def _own_tensors(state: dict[Any, Any], prefix: str) -> Iterator[tuple[str, RawTensor]]:
    for group in ("_parameters", "_buffers"):
        for name, tensor in _items(state.get(group)):
            if type(tensor) is RawTensor:
                yield prefix + name, tensor
            elif tensor is not None:
                raise Unreadable(f"has something other than a tensor at {prefix}{name}")


def _items(table: object) -> list[tuple[str, Any]]:
    if table is None:
        return []
    if type(table) not in {dict, Table}:
        raise Unreadable("keeps its layers in something other than a dict")
    assert isinstance(table, dict)
    items = list(table.items())
    if not all(type(name) is str and LAYER_NAME.fullmatch(name) for name, _ in items):
        raise Unreadable("has a layer with an invalid name")
    return items


def _is_attribute(name: object, state: dict[Any, Any]) -> bool:
    return is_text(name) and not str(name).startswith("_") and _is_plain(state[name])


def _is_plain(value: object) -> bool:
    """True if `value` is a short JSON value, or a flat tuple or list of at most 8."""
    if type(value) in {tuple, list}:
        assert isinstance(value, tuple | list)
        return len(value) <= 8 and all(_is_primitive(item) for item in value)
    return _is_primitive(value)


def _is_primitive(value: object) -> bool:
    if type(value) is int:
        return -(2**63) <= value < 2**63
    return is_text(value) or (type(value) is not str and type(value) in _PRIMITIVES)


def _value(value: Any) -> Any:
    return list(value) if type(value) is tuple else value


def _unusual(state: dict[Any, Any]) -> Iterator[str]:
    """Attributes that a plain layer does not have: hooks that are set, objects, odd names."""
    for name, value in state.items():
        if not is_text(name):
            yield "an attribute with an unprintable name"
        elif name in _MACHINERY or _is_attribute(name, state):
            continue
        elif name.startswith("_"):
            empty = isinstance(value, dict | set) and not value
            if not (empty or _is_plain(value)):
                yield printable(name)
        else:
            yield printable(name)
