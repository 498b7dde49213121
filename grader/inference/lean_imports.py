"""Imports parts of large packages without the rest.

`executorch.exir` imports its whole exporter, and torchvision's operators import TorchDynamo.
Nothing here uses them, and they take five of the six seconds of a cold start, in every process.
"""

import contextlib
import importlib
import sys
from collections.abc import Callable, Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType
from typing import Any


@contextlib.contextmanager
def bare_packages(*names: str) -> Iterator[None]:
    """Inside the block, import modules of these packages without running the packages' own code.

    After the block, an import of one of these packages is complete again.
    """
    made = [name for name in names if name not in sys.modules]
    for name in made:
        parent, _, own = name.rpartition(".")
        (parent_folder, *_) = importlib.import_module(parent).__path__
        folder = Path(parent_folder, own)
        spec = spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec is not None
        sys.modules[name] = module_from_spec(spec)  # not executed
    try:
        yield
    finally:
        for name in made:
            del sys.modules[name]


@contextlib.contextmanager
def stand_in(name: str, **contents: object) -> Iterator[None]:
    """Inside the block `from name import …` finds `contents`, unless `name` is imported already."""
    made = name not in sys.modules
    if made:
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(contents)
    try:
        yield
    finally:
        if made:
            del sys.modules[name]


def imported_on_call(module: str, name: str) -> Callable[..., Any]:
    """Return a function that calls `name` of `module`, which it imports then and not before."""

    def call(*arguments: object, **named: object) -> object:
        return getattr(importlib.import_module(module), name)(*arguments, **named)

    return call
