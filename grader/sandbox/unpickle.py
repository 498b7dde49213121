"""Child: reads a checkpoint and answers with its tensors and a description of its structure.

`unpickle CHECKPOINT SETTINGS`. The message is one safetensors file whose metadata holds the JSON
described by `grader.structure.description`. No torch is imported here, and nothing of the
checkpoint is ever called, compared, hashed or printed.
"""

import json
import pickle
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy
from safetensors.numpy import save

from grader.sandbox.container import Checkpoint, NotACheckpoint, read
from grader.sandbox.message import message_pipe
from grader.sandbox.standins import RawTensor, RefusedGlobal, StandIn

MODULES_AT_MOST = 2_000
DEPTH_AT_MOST = 12
NAME_AT_MOST = 200
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


def main() -> None:
    """Answer for argv[1]; a checkpoint that is refused is an answer too."""
    with message_pipe() as pipe:
        tensors: dict[str, Any] = {}
        try:
            checkpoint = read(Path(sys.argv[1]))
            description, raw = describe(checkpoint)
            tensors = {name: _copy(tensor, checkpoint, name) for name, tensor in raw.items()}
        except RefusedGlobal as error:
            description = {"refused_global": str(error)[:NAME_AT_MOST]}
        except (NotACheckpoint, Unreadable) as error:
            description = {"unreadable": str(error)}
        except (
            pickle.UnpicklingError,
            zipfile.BadZipFile,
            zlib.error,
            EOFError,
            struct.error,
        ) as error:
            description = {"unreadable": f"is damaged ({_plain(error)})"}
        except (
            AttributeError,
            IndexError,
            KeyError,
            TypeError,
            ValueError,
            OverflowError,
        ) as error:
            # What the unpickler raises when a stream's opcodes do not fit each other.
            description = {"unreadable": f"is damaged ({type(error).__name__} while it was read)"}
        pipe.write(save(tensors, metadata={"description": json.dumps(description)}))


def _plain(error: Exception) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", str(error))[:NAME_AT_MOST]


def describe(checkpoint: Checkpoint) -> tuple[dict[str, Any], dict[str, RawTensor]]:
    """The structure as JSON values, and every tensor under its state_dict name."""
    where, content = _network_in(checkpoint.content)
    if isinstance(content, StandIn) and type(content).qualified_name == DATA_PARALLEL:
        content = dict(_items(content.state["_modules"])).get("module")
    header = {"format": checkpoint.format, "found_at": where}
    if _is_module(content):
        assert isinstance(content, StandIn)
        raw: dict[str, RawTensor] = {}
        modules = list(_modules(content, "", 0, raw))
        return {**header, "kind": "module", "modules": modules}, raw
    if not _is_state_dict(content):
        raise Unreadable("is a DataParallel around nothing")
    raw = _state_dict(content)
    return {**header, "kind": "state_dict", "dtypes": _dtypes(raw)}, raw


def _network_in(content: object) -> tuple[str, object]:
    """The module or state_dict within what was saved, and the path that leads to it."""
    if _is_module(content) or _is_state_dict(content):
        return "", content
    entries: list[tuple[str, object]] = []
    if isinstance(content, dict):
        entries = [(key, value) for key, value in content.items() if type(key) is str]
    elif isinstance(content, tuple | list):
        entries = [(str(index), value) for index, value in enumerate(content)]
    found = [(key, value) for key, value in entries if _is_module(value) or _is_state_dict(value)]
    preferred = [entry for entry in found if entry[0] in _STATE_KEYS]
    for candidates in (found, preferred):
        if len(candidates) == 1:
            return candidates[0][0][:NAME_AT_MOST], candidates[0][1]
    if found:
        raise Unreadable(f"holds {len(found)} networks, and which one counts is not said")
    raise Unreadable("holds neither a network nor a state_dict")


def _is_module(value: object) -> bool:
    return isinstance(value, StandIn) and type(value.state) is dict and "_modules" in value.state


def _is_state_dict(value: object) -> bool:
    return (
        isinstance(value, dict)
        and bool(value)
        and all(type(key) is str for key in value)
        and all(type(entry) is RawTensor for entry in value.values())
    )


def _state_dict(content: Any) -> dict[str, RawTensor]:
    if all(name.startswith("module.") for name in content):
        return {name.removeprefix("module."): tensor for name, tensor in content.items()}
    return dict(content)


def _modules(
    module: StandIn, path: str, depth: int, raw: dict[str, RawTensor]
) -> Iterator[dict[str, Any]]:
    """Every module in the order it runs; puts the tensors met on the way into `raw`."""
    if depth > DEPTH_AT_MOST or len(raw) > 8 * MODULES_AT_MOST:
        raise Unreadable("nests its layers deeper than any MobileNetV2")
    state = module.state
    prefix = f"{path}." if path else ""
    own: dict[str, RawTensor] = {}
    for group in ("_parameters", "_buffers"):
        for name, tensor in _items(state.get(group)):
            if type(tensor) is RawTensor:
                own[name] = tensor
            elif tensor is not None:
                raise Unreadable(f"has no tensor in {_short(prefix + name)}")
    raw.update({prefix + name: tensor for name, tensor in own.items()})
    children = _items(state.get("_modules"))
    yield {
        "path": path,
        "class": type(module).qualified_name[:NAME_AT_MOST],
        "attributes": {name: _value(state[name]) for name in state if _is_attribute(name, state)},
        "unusual": sorted(_unusual(state)),
        "children": [name for name, _ in children],
        "tensors": _dtypes(own),
    }
    count = 0
    for name, child in children:
        if not _is_module(child):
            raise Unreadable(f"has no layer in {_short(prefix + name)}")
        for described in _modules(child, prefix + name, depth + 1, raw):
            count += 1
            if count > MODULES_AT_MOST:
                raise Unreadable(f"has more than {MODULES_AT_MOST} layers")
            yield described


def _short(name: str) -> str:
    return re.sub(r"[^\x20-\x7e]", "?", name)[:NAME_AT_MOST]


def _items(table: object) -> list[tuple[str, Any]]:
    if table is None:
        return []
    if not isinstance(table, dict):
        raise Unreadable("keeps its layers in something else than a dict")
    items = list(table.items())
    if any(type(name) is not str or "." in name or len(name) > NAME_AT_MOST for name, _ in items):
        raise Unreadable("has a layer whose name is not a name")
    return items


def _is_attribute(name: object, state: dict[Any, Any]) -> bool:
    return (
        type(name) is str
        and not name.startswith("_")
        and len(name) <= NAME_AT_MOST
        and _is_plain(state[name])
    )


def _is_plain(value: object) -> bool:
    if type(value) is str:
        return len(value) <= NAME_AT_MOST
    if type(value) in {tuple, list}:
        assert isinstance(value, tuple | list)
        return len(value) <= 8 and all(type(item) in _PRIMITIVES for item in value)
    return type(value) in _PRIMITIVES


def _value(value: Any) -> Any:
    return list(value) if type(value) is tuple else value


def _unusual(state: dict[Any, Any]) -> Iterator[str]:
    """Attributes that a plain layer does not have: hooks that are set, objects, odd names."""
    for name, value in state.items():
        if type(name) is not str or len(name) > NAME_AT_MOST:
            yield "an attribute without a name"
        elif name in _MACHINERY or _is_attribute(name, state):
            continue
        elif name.startswith("_"):
            empty = isinstance(value, dict | set) and not value
            if not (empty or _is_plain(value)):
                yield name
        else:
            yield name


def _dtypes(tensors: dict[str, RawTensor]) -> dict[str, str]:
    return {name: tensor.dtype for name, tensor in tensors.items()}


def _copy(tensor: RawTensor, checkpoint: Checkpoint, name: str) -> Any:
    """The tensor's elements, contiguous; every index is checked against the storage first."""
    if tensor.dtype == "bfloat16":
        raise Unreadable(f"holds bfloat16 in {_short(name)}; save it as float32 (model.float())")
    item = numpy.dtype(tensor.dtype)
    storage = checkpoint.storages.get(tensor.storage)
    if storage is None or len(storage) < tensor.elements * item.itemsize:
        raise Unreadable(f"is missing the bytes of {_short(name)}")
    elements = len(storage) // item.itemsize
    if len(tensor.shape) > 8 or len(tensor.shape) != len(tensor.stride):
        raise Unreadable(f"gives {_short(name)} a shape that is none")
    size = 1
    for length in tensor.shape:
        size *= length
    last = tensor.offset + sum(
        (length - 1) * step for length, step in zip(tensor.shape, tensor.stride, strict=True)
    )
    # A tensor may not repeat its storage (a stride of 0 turns 4 bytes into gigabytes).
    if size > elements or (size and last >= elements):
        raise Unreadable(f"reaches beyond the stored bytes of {_short(name)}")
    view = numpy.lib.stride_tricks.as_strided(
        numpy.frombuffer(storage, item, count=elements)[tensor.offset :],
        tensor.shape,
        tuple(step * item.itemsize for step in tensor.stride),
        writeable=False,
    )
    return numpy.ascontiguousarray(view).reshape(tensor.shape)


if __name__ == "__main__":
    main()
