"""Finds the networks in a saved object: alone, in a wrapper, under a key, or several of them.

Runs inside the sandbox's child. Nothing of the checkpoint is called, compared, hashed or printed.
"""

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from grader.sandbox.child.inert_pickle import RawTensor, StandIn

NAME_AT_MOST = 200
NETWORKS_AT_MOST = 32
_OBJECTS_AT_MOST = 5_000
_DEPTH_AT_MOST = 4
_FIRST_KEYS = ("model", "state_dict", "net", "network")
# Modules that pass their input on to one module: its name in them.
WRAPPERS: Mapping[str, str] = {
    "torch.nn.parallel.data_parallel.DataParallel": "module",
    "torch.nn.parallel.distributed.DistributedDataParallel": "module",
    "torch.optim.swa_utils.AveragedModel": "module",
    "timm.utils.model_ema.ModelEmaV2": "module",
    "timm.utils.model_ema.ModelEmaV3": "module",
    "ema_pytorch.ema_pytorch.EMA": "ema_model",
}
# What torch runs in the place of a module's own code, or beside it.
_CALLED = (
    *("forward", "_call_impl", "_slow_forward", "_compiled_call_impl"),
    *("_forward_hooks", "_forward_pre_hooks"),
)
_COMPILED = "torch._dynamo.eval_frame.OptimizedModule"  # saved as a call with the module
_SEQUENTIAL = "torch.nn.modules.container.Sequential"
_LOSS = re.compile(r"torch\.nn\.modules\.loss\..*|torchmetrics\..*")


class Unreadable(Exception):
    """The checkpoint cannot be described; `args[0]` says why."""


class UnknownKey(Exception):
    """The checkpoint has no network under the requested key; `args[0]` has its networks' keys."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The network to look for.

    `title` is the family's name for people, `root_class` the full name of its networks' class, and
    `trunk` the name of its first part: what stands before it in a tensor's name is a prefix. `key`
    is the key of the network, None for the first one.
    """

    title: str
    root_class: str
    trunk: str
    key: str | None = None


@dataclass(frozen=True, kw_only=True)
class Found:
    """A network and its dotted key in the saved object, "" for the object itself.

    `content` is a module, or the tensors of a state_dict by their names in it; then `prefix` stands
    before the network's own names, and `beside` has the entries that are not the network's.
    """

    key: str
    content: object
    prefix: str = ""
    beside: Mapping[str, object]


def network_in(content: object, wanted: Wanted) -> tuple[Found, tuple[str, ...]]:
    """The requested network, and the keys of the others in the order of the file.

    The first of `model`, `state_dict`, `net` and `network`, or else of the file, is taken if no key
    is requested. Raises `Unreadable` and `UnknownKey`.
    """
    likely = filter(_may_be_a_network, _networks(content, wanted))
    found = list(itertools.islice(likely, NETWORKS_AT_MOST))
    found = found or list(itertools.islice(_networks(content, wanted), NETWORKS_AT_MOST))
    if not found:
        raise Unreadable("holds neither a network nor a state_dict")
    keys = [each.key for each in found]
    if wanted.key is None:
        chosen = min(found, key=lambda each: [_rank(part) for part in each.key.split(".")])
    else:
        under = [key for key in keys if f"{key}.".startswith(f"{wanted.key}.")]
        if wanted.key not in keys and not under:
            raise UnknownKey(keys)
        key = wanted.key if wanted.key in keys else under[0]
        chosen = found[keys.index(key)]
    return chosen, tuple(key for key in keys if key != chosen.key)


def is_module(value: object) -> bool:
    """True if `value` stands for a module."""
    return (
        isinstance(value, StandIn) and isinstance(value.state, dict) and "_modules" in value.state
    )


def is_text(value: object) -> bool:
    """True if `value` is a short printable text."""
    return type(value) is str and len(value) <= NAME_AT_MOST and value.isprintable()


def _is_number(key: object) -> bool:
    return type(key) is int and -(1 << 63) <= key < 1 << 63


def _rank(part: str) -> int:
    return _FIRST_KEYS.index(part) if part in _FIRST_KEYS else len(_FIRST_KEYS)


def _networks(content: object, wanted: Wanted) -> Iterator[Found]:
    """Every network in the saved object, in the order of the file."""
    waiting: list[tuple[str, object, int]] = [("", content, 0)]
    for _ in range(_OBJECTS_AT_MOST):
        if not waiting:
            return
        key, value, depth = waiting.pop()
        value = _unwrapped(value, wanted.root_class)
        if is_module(value):
            yield Found(key=key, content=value, beside={})
        elif isinstance(value, dict) and _is_state_dict(value):
            yield from _in_state_dict(key, value, wanted.trunk)
        elif depth < _DEPTH_AT_MOST:
            inner = _entries(value, wanted.root_class)
            dot = f"{key}." if key else ""
            waiting += [
                (dot + name, each, depth + 1)
                for name, each in reversed(inner)
                if isinstance(each, dict | list | tuple | StandIn)  # a history has many numbers
            ]


def _entries(value: object, root_class: str) -> Sequence[tuple[str, object]]:
    """The parts of a dict, tuple, list or other object that may hold a network, by their keys."""
    if isinstance(value, StandIn):
        value = value.state
    if isinstance(value, dict):
        root = _torch_pruning_root(value, root_class)
        if root is not None:
            return [("full_state_dict", root)]
        return [(str(key), each) for key, each in value.items() if is_text(key) or _is_number(key)]
    if type(value) in {tuple, list}:
        assert isinstance(value, tuple | list)
        return [(str(index), each) for index, each in enumerate(value[:_OBJECTS_AT_MOST])]
    return []


def _torch_pruning_root(content: dict[Any, Any], root_class: str) -> StandIn | None:
    """The network in a dict of `torch_pruning.state_dict`: the `__dict__` of every module."""
    modules = content.get("full_state_dict")
    state = modules.get("") if isinstance(modules, dict) else None
    if not isinstance(state, dict) or "_modules" not in state:
        return None
    root: StandIn = type("Root", (StandIn,), {"qualified_name": root_class})()
    root.state = state
    return root


def _unwrapped(value: object, root_class: str) -> object:
    """The module inside wrappers around it, or `value` itself. Raises `Unreadable`."""
    for _ in range(2 * _DEPTH_AT_MOST):
        if not isinstance(value, StandIn):
            return value
        if type(value).qualified_name == _COMPILED and value.state is None:
            inner = next(iter(value.arguments), None)
        elif is_module(value):
            inner = _wrapped(value, root_class)
        else:
            return value
        if inner is None:
            return value
        value = inner
    return value


def _wrapped(module: StandIn, root_class: str) -> object:
    """The module that `module` passes its input on to, None if it is no wrapper."""
    kind = type(module).qualified_name
    children = module.state["_modules"]
    if not isinstance(children, dict):
        return None
    if kind in WRAPPERS:
        inner = children.get(WRAPPERS[kind])
        if not isinstance(inner, StandIn):
            raise Unreadable(f"is a {kind.rpartition('.')[2]} without a network")
    elif kind == _SEQUENTIAL and len(children) == 1 and kind != root_class:
        (inner,) = children.values()
        own = type(inner).qualified_name if isinstance(inner, StandIn) else ""
        if own not in {root_class, _SEQUENTIAL, _COMPILED, *WRAPPERS}:
            return None
    else:
        return None
    called = (*_CALLED, WRAPPERS.get(kind, "forward"))
    if changed := next((name for name in called if module.state.get(name)), None):
        raise Unreadable(f"is a {kind.rpartition('.')[2]} with its own {changed}")
    return inner


def _is_state_dict(value: dict[Any, Any]) -> bool:
    """True for tensors by name; single numbers beside them are allowed if the names have dots."""
    tensors = [name for name, each in value.items() if type(each) is RawTensor]
    if not tensors or not all(type(key) is str for key in value):
        return False
    if len(tensors) == len(value):
        return True
    return 2 * len(tensors) > len(value) and any("." in name for name in tensors)


def _in_state_dict(key: str, content: dict[str, Any], trunk: str) -> Iterator[Found]:
    """The networks whose tensors are in one state_dict: one for each prefix before the trunk."""
    names = [name for name, each in content.items() if type(each) is RawTensor]
    prefixes = _prefixes(names, trunk)
    alone = len(prefixes) == 1
    for prefix in prefixes:
        part = "" if alone else prefix.rstrip(".")
        others = tuple(each for each in prefixes if len(each) > len(prefix))
        own = {
            name: content[name]
            for name in names
            if name.startswith(prefix) and not name.startswith(others)
        }
        beside = {
            name: each
            for name, each in content.items()
            if name not in own and not name.startswith(tuple(filter(None, (*others, *prefixes))))
        }
        found = f"{key}.{part}".strip(".")
        yield Found(key=found, content=own, prefix=prefix, beside=beside)


def _prefixes(names: Sequence[str], trunk: str) -> Sequence[str]:
    """What stands before each network's own names; a lone "" if nothing does."""
    before = re.compile(rf"((?:[^.]+\.)*?){re.escape(trunk)}\.[0-9]")
    matches = (before.match(name) for name in names) if trunk else ()
    found = list(dict.fromkeys(match[1] for match in matches if match))[:NETWORKS_AT_MOST]
    if not all(map(is_text, found)):
        raise Unreadable("has tensors with an invalid name")
    if not found:
        return [_common_prefix(names)]
    if "" not in found:
        found += _other_networks(names, tuple(found))
    return found


def _other_networks(names: Sequence[str], prefixes: tuple[str, ...]) -> Sequence[str]:
    """First parts of names that no prefix covers and that belong to a network of another kind."""
    parts: dict[str, int] = {}
    for name in names:
        first, dot, rest = name.partition(".")
        if dot and rest.count(".") and not name.startswith(prefixes):
            parts[f"{first}."] = parts.get(f"{first}.", 0) + 1
    return [
        part for part, count in parts.items() if count >= _TENSORS_OF_A_NETWORK and is_text(part)
    ]


_TENSORS_OF_A_NETWORK = 8  # a head or a loss has fewer


def _common_prefix(names: Sequence[str]) -> str:
    """The dotted prefix that all names share and that leaves every name at least two parts."""
    parts = [name.split(".") for name in names]
    shared = 0
    while all(len(each) > shared + 2 for each in parts):
        if len({each[shared] for each in parts}) != 1:
            break
        shared += 1
    return "".join(f"{part}." for part in parts[0][:shared])


def _may_be_a_network(found: Found) -> bool:
    """True unless it is a loss, or tensors of which none of a layer has two dimensions."""
    if isinstance(found.content, StandIn):
        return not _LOSS.fullmatch(type(found.content).qualified_name)
    assert isinstance(found.content, dict)
    return any("." in name and len(each.shape) > 1 for name, each in found.content.items())
