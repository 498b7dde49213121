from pathlib import Path

import pytest

from grader.commands.lab_faults import checked_lab
from grader.labs import DEFAULT_LAB
from grader.labs.files import WrongTable, lab_names

EXTENDS = f'name = "mine"\nextends = "{DEFAULT_LAB}"\n'


@pytest.mark.parametrize("name", lab_names())
def test_a_shipped_lab_has_no_faults(name: str) -> None:
    """Its family and its data set are known."""
    assert checked_lab(name).name == name


def test_unknown_names_are_faults_beside_the_others(tmp_path: Path) -> None:
    """Each with the nearest known name, also if the file has other faults."""
    path = tmp_path / "lab.toml"
    names = 'dataset = "cifar-10"\n[network]\nfamily = "mobilenet-v3"\n'
    path.write_text(EXTENDS + names, encoding="utf-8")
    with pytest.raises(WrongTable) as alone:
        checked_lab(str(path))
    assert [each.partition(":")[0] for each in alone.value.faults] == ["network.family", "dataset"]
    assert "mobilenet-v2" in alone.value.faults[0]
    assert "cifar10" in alone.value.faults[1]
    path.write_text(EXTENDS + names + "classes = 0\n", encoding="utf-8")
    with pytest.raises(WrongTable) as beside:
        checked_lab(str(path))
    assert len(beside.value.faults) == 3
    assert "network.classes" in beside.value.faults[0]


def test_unknown_names_of_an_experiment_are_faults(tmp_path: Path) -> None:
    """As in a lab of networks."""
    path = tmp_path / "lab.toml"
    path.write_text(
        'name = "mine"\nextends = "on-device-2022"\n'
        '[experiment]\ndataset = "mnits"\nnetwork = "feedforward"\n'
    )
    with pytest.raises(WrongTable) as caught:
        checked_lab(str(path))
    assert [each.rpartition(" ")[2] for each in caught.value.faults] == ["mnist", "feed-forward"]
