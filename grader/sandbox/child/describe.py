"""Describes a checkpoint's network as JSON values, and finds its tensors by state_dict name.

Runs inside the sandbox's child. Nothing of the checkpoint is called, compared, hashed or printed.
"""

import re
from collections.abc import Iterator
from typing import Any

from grader.sandbox.child.container import Checkpoint, Excessive
from grader.sandbox.child.inert_pickle import RawTensor, StandIn

MODULES_AT_MOST = 2_000
DEPTH_AT_MOST = 12
NAME_AT_MOST = 200
PATH_AT_MOST = 1_000  # a tensor's name is longer by one part, and may have 2,000
TENSOR_NAME = re.compile(r"(?!__metadata__)[\w.]{1,200}", re.ASCII)
LAYER_NAME = re.compile(r"(?!__metadata__)\w{1,200}", re.ASCII)
DATA_PARALLEL = "torch.nn.parallel.data_parallel.DataParallel"
_PRIMITIVES = (type(None), bool, int, float, str)
_STATE_KEYS = ("state_dict", "model_state_dict", "full_state_dict", "model", "net", "network")
_MACHINERY = {
    "_parameters",
    "_buffers",
    "_modules",
    "_non_persistent_buffers_set",
    "_is_full_backward_hook",
}


class Unreadable(Exception):
    """The checkpoint cannot be described; `args[0]` says why."""


def describe(
    checkpoint: Checkpoint, root_class: str
) -> tuple[dict[str, Any], dict[str, RawTensor]]:
    """The JSON that `grader.networks.description` reads, and every tensor by its state_dict name.

    A dict that Torch-Pruning wrote is loaded into a network of `root_class` and described as one.
    Raises `Unreadable` and `Excessive`.
    """
    where, content = _network_in(checkpoint.content, root_class)
    if isinstance(content, StandIn) and type(content).qualified_name == DATA_PARALLEL:
        content = dict(_items(content.state["_modules"])).get("module")
    header = {"format": checkpoint.format, "found_at": where}
    raw: dict[str, RawTensor] = {}
    if _is_module(content):
        assert isinstance(content, StandIn)
        modules = list(_modules(content, "", 0, raw))
        return {**header, "kind": "module", "modules": modules}, raw
    if not _is_state_dict(content):
        raise Unreadable("is a DataParallel without a network")
    return {**header, "kind": "state_dict"}, _state_dict(content)


def printable(text: str) -> str:
    """`text` of a hand-in with everything but printable ASCII replaced by "?", shortened."""
    return re.sub(r"[^\x20-\x7e]", "?", text)[:NAME_AT_MOST]


def _network_in(content: object, root_class: str) -> tuple[str, object]:
    """The key of the module or state_dict in the saved object, "" for the object itself, and it."""
    if _is_module(content) or _is_state_dict(content):
        return "", content
    entries: list[tuple[str, object]] = []
    if isinstance(content, dict):
        if root := _torch_pruning_root(content, root_class):
            return "full_state_dict", root
        entries = [(key, value) for key, value in content.items() if _is_text(key)]
    elif type(content) in {tuple, list}:
        assert isinstance(content, tuple | list)
        entries = [(str(index), value) for index, value in enumerate(content)]
    found = [(key, value) for key, value in entries if _is_module(value) or _is_state_dict(value)]
    preferred = [entry for entry in found if entry[0] in _STATE_KEYS]
    for candidates in (found, preferred):
        if len(candidates) == 1:
            return candidates[0]
    if found:
        raise Unreadable(f"holds {len(found)} networks: save only the one that you hand in")
    raise Unreadable("holds neither a network nor a state_dict")


def _torch_pruning_root(content: dict[Any, Any], root_class: str) -> StandIn | None:
    """The network in a dict of `torch_pruning.state_dict`: the `__dict__` of every module."""
    modules = content.get("full_state_dict")
    state = modules.get("") if isinstance(modules, dict) else None
    if not isinstance(state, dict) or "_modules" not in state:
        return None
    root: StandIn = type("Root", (StandIn,), {"qualified_name": root_class})()
    root.state = state
    return root


def _is_module(value: object) -> bool:
    return (
        isinstance(value, StandIn) and isinstance(value.state, dict) and "_modules" in value.state
    )


def _is_state_dict(value: object) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(type(key) is str for key in value)
        and all(type(entry) is RawTensor for entry in value.values())
    )


def _state_dict(content: Any) -> dict[str, RawTensor]:
    prefix = "module." if all(name.startswith("module.") for name in content) else ""
    raw = {name.removeprefix(prefix): tensor for name, tensor in content.items()}
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
        if not _is_module(child):
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
    if not isinstance(table, dict):
        raise Unreadable("keeps its layers in something other than a dict")
    items = list(table.items())
    if not all(type(name) is str and LAYER_NAME.fullmatch(name) for name, _ in items):
        raise Unreadable("has a layer with an invalid name")
    return items


def _is_attribute(name: object, state: dict[Any, Any]) -> bool:
    return _is_text(name) and not str(name).startswith("_") and _is_plain(state[name])


def _is_text(value: object) -> bool:
    return type(value) is str and len(value) <= NAME_AT_MOST and value.isprintable()


def _is_plain(value: object) -> bool:
    """True if `value` is a short JSON value, or a flat tuple or list of at most 8."""
    if type(value) in {tuple, list}:
        assert isinstance(value, tuple | list)
        return len(value) <= 8 and all(_is_primitive(item) for item in value)
    return _is_primitive(value)


def _is_primitive(value: object) -> bool:
    if type(value) is int:
        return -(2**63) <= value < 2**63
    return _is_text(value) or (type(value) is not str and type(value) in _PRIMITIVES)


def _value(value: Any) -> Any:
    return list(value) if type(value) is tuple else value


def _unusual(state: dict[Any, Any]) -> Iterator[str]:
    """Attributes that a plain layer does not have: hooks that are set, objects, odd names."""
    for name, value in state.items():
        if not _is_text(name):
            yield "an attribute with an unprintable name"
        elif name in _MACHINERY or _is_attribute(name, state):
            continue
        elif name.startswith("_"):
            empty = isinstance(value, dict | set) and not value
            if not (empty or _is_plain(value)):
                yield printable(name)
        else:
            yield printable(name)
