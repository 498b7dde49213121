"""The promises for every checkpoint: it is read, never run, and only the read bytes are used."""

import hashlib
import json
import pickle
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from grader.errors import Fault
from grader.intake import receive
from grader.labs.kinds import network_lab
from grader.networks import checkpoint_reader, own_logits
from grader.networks import read_checkpoint as examine
from grader.networks.checkpoint_reader import READ_LIMITS
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.start import Child, Isolation, best_isolation, run
from grader.sandbox.supervise import Outcome, supervise
from grader.types import Role, SubmittedFile
from tests.hostile import untouchable
from tests.hostile.case import Case
from tests.hostile.checkpoints import CASES, READ_ONLY
from tests.hostile.forged import altered, beside, honest, one_storage, saved, with_weights
from tests.intake.archives import CHECKPOINT as PLACE
from tests.intake.archives import HAND_IN, zipped
from tests.networks.checkpoints import logits, recognised
from tests.sandbox.archives import archive
from tests.sandbox.pickles import called, list_of, name, new, whole
from tests.sandbox.tiers import needs_rlimits

READER = SandboxLimits(wall_seconds=300, cpu_seconds=120, memory_bytes=2 << 30)


def handed_in(folder: Path, content: bytes) -> SubmittedFile:
    """A checkpoint that came in a right zip, as intake hands it on."""
    source = folder / "312551001.zip"
    source.write_bytes(zipped({**HAND_IN, PLACE: content}))
    submission, _ = receive(source, folder / "work", network_lab())
    found = submission.file(Role.CHECKPOINT)
    assert found is not None
    return found


@pytest.mark.parametrize("case", READ_ONLY, ids=str)
def test_what_a_layer_carries_changes_nothing(case: Case, tmp_path: Path) -> None:
    """Shadowed methods, hooks and lying attributes are named, and our network has none of them."""
    path = tmp_path / "mobilenet.pth"
    path.write_bytes(case.make())
    network, odd = recognised(path)
    assert case.says in "; ".join(odd)
    assert torch.equal(logits(network.module), logits(honest()))


def test_tensors_that_share_a_storage_are_copied(tmp_path: Path) -> None:
    """Two tensors in one storage are two tensors with the same numbers."""
    path = tmp_path / "mobilenet.pth"
    path.write_bytes(altered(one_storage))
    network, odd = recognised(path)
    assert odd == ()
    assert torch.equal(logits(network.module), logits(one_storage(honest())))


@pytest.mark.system
@needs_rlimits
def test_no_stand_in_is_printed_compared_or_hashed(tmp_path: Path) -> None:
    """With stand-ins that end the reading when touched, every case is read as before.

    Only the unpickler itself may touch one, where a pickle puts it into a set.
    """
    in_a_set = called(name("builtins", "set"), list_of(new(name("torch.nn", "Identity"))))
    contents = {case.name: case.make() for case in (*CASES, *READ_ONLY)}
    del contents["bomb-depth-hashed"]  # ends the whole process
    contents |= {"honest": saved(honest()), "in-a-set": beside(in_a_set)}
    paths = [tmp_path / name for name in contents]
    for path, content in zip(paths, contents.values(), strict=True):
        path.write_bytes(content)
    command = [sys.executable, str(untouchable.__file__), *map(str, paths)]
    outcome = supervise(command, READER, {"OMP_NUM_THREADS": "1"})
    assert outcome.ended_well, outcome.stderr
    said = json.loads(outcome.message)
    assert [name for name in said if said[name] == "touched"] == ["in-a-set"]
    assert json.loads(said["honest"])["kind"] == "module"
    assert json.loads(said["code-inst"]) == {"refused_global": "os.system"}


@pytest.mark.system
@needs_rlimits
def test_a_key_that_takes_for_ever_to_hash_ends_the_reading(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tuple of a tuple twice, and so on: Python's unpickler hashes 2^60 of them."""
    key = pickle.NONE + (pickle.DUP + pickle.TUPLE2) * 60
    content = archive(whole(pickle.EMPTY_DICT + key + pickle.NONE + pickle.SETITEM))
    monkeypatch.setattr(checkpoint_reader, "READ_LIMITS", replace(READ_LIMITS, cpu_seconds=1))
    with pytest.raises(Fault, match="processor time"):
        examine.read_checkpoint(handed_in(tmp_path, content), network_lab(), best_isolation())


@pytest.mark.system
def test_what_changes_after_intake_is_not_what_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The reader and torch.load are given one file: the copy that intake made, byte for byte."""
    checkpoint = handed_in(tmp_path, saved(honest()))
    given: list[str] = []

    def noted(child: Child, isolation: Isolation) -> Outcome:
        (path,) = child.inputs
        given.append(f"{child.program} {hashlib.sha256(path.read_bytes()).hexdigest()}")
        other = altered(with_weights(1e6))
        (tmp_path / "312551001.zip").write_bytes(zipped({**HAND_IN, PLACE: other}))
        return run(child, isolation)

    monkeypatch.setattr(checkpoint_reader, "run", noted)
    monkeypatch.setattr(own_logits, "run", noted)
    lab, isolation = network_lab(), best_isolation()
    read = examine.read_checkpoint(checkpoint, lab, isolation)
    comparison = own_logits.compare(
        checkpoint, read.description, read.network, lab.network, isolation
    )
    assert given == [f"{program} {checkpoint.sha256}" for program in ("unpickle", "answer")]
    assert read.review(comparison) is None
    assert torch.equal(logits(read.network.module), logits(honest()))
