"""Imports of parts of large packages, without all that stands around them.

`executorch.exir` imports its whole exporter, and torchvision's operators import TorchDynamo, both
for nothing that is used here: five of the six seconds of a cold start, once in each process.
"""

import contextlib
import importlib
import sys
from collections.abc import Iterator
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType


@contextlib.contextmanager
def bare_packages(*names: str) -> Iterator[None]:
    """Within, modules of these packages are imported without running the packages' own code.

    Afterwards whoever imports the packages themselves gets them whole.
    """
    made = [name for name in names if name not in sys.modules]
    for name in made:
        parent, _, own = name.rpartition(".")
        (place, *_) = importlib.import_module(parent).__path__
        folder = Path(place, own)
        spec = spec_from_file_location(
            name, folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec is not None
        sys.modules[name] = module_from_spec(spec)  # and not executed
    try:
        yield
    finally:
        for name in made:
            del sys.modules[name]


@contextlib.contextmanager
def stand_in(name: str, **contents: object) -> Iterator[None]:
    """Within, `from name import …` finds `contents` and imports nothing, unless it is there."""
    made = name not in sys.modules
    if made:
        sys.modules[name] = ModuleType(name)
        vars(sys.modules[name]).update(contents)
    try:
        yield
    finally:
        if made:
            del sys.modules[name]
