"""All faults of a lab file, with the names that only the networks and the data sets know."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from grader.datasets.registry import DATASETS
from grader.labs.extends import resolve
from grader.labs.files import WrongTable, lab_path
from grader.labs.kinds import load_lab
from grader.labs.spec import LabSpec
from grader.networks.registry import FAMILIES


def checked_lab(name: str) -> LabSpec:
    """Return the lab, by its name or TOML file. Raises `WrongTable` with all faults at once."""
    path = lab_path(name)
    unknown = tuple(_unknown_names(resolve(path).content))
    try:
        lab = load_lab(name)
    except WrongTable as error:
        raise WrongTable(path, (*error.faults, *unknown), help=error.help or "") from None
    if unknown:
        raise WrongTable(path, unknown, help="Correct these names.")
    return lab


def _unknown_names(content: Mapping[str, Any]) -> Iterator[str]:
    network = content.get("network")
    family = network.get("family") if isinstance(network, dict) else None
    for key, name, known in (
        ("network.family", family, FAMILIES),
        ("dataset", content.get("dataset"), DATASETS),
    ):
        if isinstance(name, str) and name not in known:
            near = get_close_matches(name, known, n=1) or known
            yield f"{key}: {name!r} is unknown; the nearest known name is {next(iter(near))}"
