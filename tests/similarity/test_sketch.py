from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from grader.errors import GraderError
from grader.intake import fingerprint
from grader.labs.kinds import network_lab
from grader.sandbox.start import Isolation, best_isolation
from grader.similarity.sketch import FEWEST, SAMPLED, GradedSource, Reader, Sketch, read_base
from tests.networks.checkpoints import module_of
from tests.small_networks import NOTEBOOK, narrow, small, state_dict, zipped

LAB = network_lab()


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Reads in the strongest sandbox that this machine has."""
    return Reader(lab=LAB, isolation=best_isolation(), work=tmp_path / "work")


def source(path: Path) -> GradedSource:
    """The hand-in at `path` as it was graded."""
    return GradedSource(student=path.stem, path=path, sha256=fingerprint(path, LAB))


@pytest.mark.system
def test_a_network_becomes_a_sketch(tmp_path: Path, reader: Reader) -> None:
    """A sketch has every tensor that distinguishes networks, with shape, hash and sample."""
    found = reader.sketch(source(zipped(tmp_path, state_dict(small()))))
    assert isinstance(found, Sketch)
    weight = small().module.get_parameter("features.18.0.weight").detach().numpy()
    sketched = found.tensors["features.18.0.weight"]
    assert sketched.shape == weight.shape
    assert set(sketched.sample) <= set(weight.ravel())
    assert all(np.prod(each.shape) >= FEWEST for each in found.tensors.values())
    assert all(len(each.sample) <= SAMPLED for each in found.tensors.values())
    assert not list((tmp_path / "work").iterdir())


@pytest.mark.system
def test_what_cannot_be_compared_says_why(tmp_path: Path, reader: Reader) -> None:
    """A hand-in that changed, is gone, lacks its checkpoint or holds another network."""
    graded = source(zipped(tmp_path, state_dict(small())))
    assert "changed" in str(reader.sketch(replace(graded, sha256="0" * 64)))
    gone = replace(graded, path=tmp_path / "gone.zip")
    assert isinstance(reader.sketch(gone), str)
    without = source(zipped(tmp_path, None))
    assert "no checkpoint" in str(reader.sketch(without))
    broken = source(zipped(tmp_path, b"not a checkpoint", **{"more.txt": NOTEBOOK}))
    assert isinstance(reader.sketch(broken), str)


@pytest.mark.system
def test_the_base_is_read_as_hand_ins_are(tmp_path: Path, reader: Reader) -> None:
    """Its tensors have torchvision's names; a file of another network is an error."""
    path = tmp_path / "base.pth"
    module = module_of(narrow(8))
    torch.save(module.state_dict(), path)
    tensors = read_base(path, reader)
    expected = module.get_parameter("features.0.0.weight").detach().numpy()
    np.testing.assert_array_equal(tensors["features.0.0.weight"], expected)
    path.write_bytes(b"not a checkpoint")
    with pytest.raises(GraderError, match=r"base\.pth"):
        read_base(path, reader)
    with pytest.raises(GraderError, match=r"gone\.pth"):
        read_base(tmp_path / "gone.pth", replace(reader, isolation=Isolation.PROCESS))
