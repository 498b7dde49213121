"""All faults of a lab file, with the names that only the networks and the data sets know."""

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from grader.datasets.registry import DATASETS, TRAINING_DATASETS
from grader.experiments.lab_values import faults_of_values
from grader.labs.extends import resolve
from grader.labs.files import WrongTable, lab_path
from grader.labs.kinds import load_lab
from grader.labs.spec import LabSpec
from grader.labs.write_up_lab import WriteUpLab
from grader.networks.registry import FAMILIES, TRAINED_FAMILIES
from grader.text import counted


def checked_lab(name: str) -> LabSpec:
    """Return the lab, by its name or TOML file. Raises `WrongTable` with all faults at once."""
    path = lab_path(name)
    unknown = tuple(_unknown_names(resolve(path).content))
    try:
        lab = load_lab(name)
    except WrongTable as error:
        raise WrongTable(path, (*error.faults, *unknown), help=error.help or "") from None
    if isinstance(lab, WriteUpLab):
        unknown += tuple(faults_of_values(lab))
    if unknown:
        raise WrongTable(path, unknown, help="Correct these names and values.")
    return lab


def asked_for(lab: LabSpec) -> str:
    """Return the number of the questions, or of the answers and tables, that the lab asks for."""
    if isinstance(lab, WriteUpLab):
        answers = counted(len(lab.answers), "1 answer", "{count} answers")
        return f"{answers}, {counted(len(lab.tables), '1 table', '{count} tables')}"
    return counted(len(lab.questions), "1 question", "{count} questions")


def _unknown_names(content: Mapping[str, Any]) -> Iterator[str]:
    network, experiment = (_table(content, key) for key in ("network", "experiment"))
    for key, name, known in (
        ("network.family", network.get("family"), FAMILIES),
        ("dataset", content.get("dataset"), DATASETS),
        ("experiment.dataset", experiment.get("dataset"), TRAINING_DATASETS),
        ("experiment.network", experiment.get("network"), TRAINED_FAMILIES),
    ):
        if isinstance(name, str) and name not in known:
            near = get_close_matches(name, known, n=1) or known
            yield f"{key}: {name!r} is unknown; the nearest known name is {next(iter(near))}"


def _table(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = content.get(key)
    return found if isinstance(found, dict) else {}
