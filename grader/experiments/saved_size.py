"""The size of a saved state_dict, measured as the lab's text does: a file `temp.p`."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch


def saved_size(state: Mapping[str, Any]) -> int:
    """Return the bytes of `torch.save(state)` to a file.

    The file has the name of the lab's text, because torch stores the name in the file: another
    name changes the size by a few hundred bytes.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "temp.p"
        torch.save(state, path)
        return path.stat().st_size
