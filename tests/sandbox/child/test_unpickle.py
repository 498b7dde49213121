"""The reader of checkpoints: tensors out, and an answer whatever the bytes are."""

import json
import os
import pickle
import struct
import sys
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.numpy import load
from torch import nn

from grader.networks.checkpoint_reader import READ_LIMITS
from grader.sandbox.child.unpickle import answer
from grader.sandbox.limits import SandboxLimits
from grader.sandbox.reply import read_message
from grader.sandbox.start import Child, Isolation, run
from grader.sandbox.supervise import supervise
from tests.networks.checkpoints import WANTED
from tests.sandbox import mutate
from tests.sandbox.archives import BYTES, archive
from tests.sandbox.pickles import (
    called,
    dict_of,
    integer,
    module,
    name,
    storage,
    tensor,
    text,
    whole,
)
from tests.sandbox.tiers import BEST, BOTH, needs_rlimits

SETTINGS = asdict(WANTED)

Answers = Callable[[bytes], tuple[Mapping[str, object], Mapping[str, np.ndarray]]]


def parsed(message: bytes) -> tuple[Mapping[str, object], Mapping[str, np.ndarray]]:
    """A message's description and tensors."""
    length = int.from_bytes(message[:8], "little")
    metadata = json.loads(message[8 : 8 + length])["__metadata__"]
    return json.loads(metadata["description"]), load(message)


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """The answer to a checkpoint of the bytes given, without a child between."""

    def answer_bytes(content: bytes) -> tuple[Mapping[str, object], Mapping[str, np.ndarray]]:
        path = tmp_path / "mobilenet.pth"
        path.write_bytes(content)
        return parsed(answer(path, WANTED))

    return answer_bytes


def weight(**fields: object) -> bytes:
    """A checkpoint with one tensor."""
    return archive(whole(dict_of(("weight", tensor(**fields)))))  # type: ignore[arg-type]  # by name


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, np.frombuffer(BYTES, np.float32)),
        ({"shape": (2, 2), "stride": (2, 1)}, np.frombuffer(BYTES, np.float32).reshape(2, 2)),
        ({"shape": (2, 2), "stride": (1, 2)}, np.frombuffer(BYTES, np.float32).reshape(2, 2).T),
        ({"shape": (2,), "offset": 2}, np.frombuffer(BYTES, np.float32)[2:]),
        ({"shape": (2,), "stride": (2,)}, np.frombuffer(BYTES, np.float32)[::2]),
        ({"shape": (), "stride": ()}, np.frombuffer(BYTES, np.float32)[0]),
        ({"shape": (1, 4), "stride": (999, 1)}, np.frombuffer(BYTES, np.float32)[None]),
        ({"shape": (0, 3), "stride": (3, 1)}, np.zeros((0, 3), np.float32)),
        ({"stored": storage(elements=2, kind="LongStorage"), "shape": (2,)}, None),
    ],
)
def test_tensor_has_the_elements_that_torch_would_give_it(
    fields: Mapping[str, object], expected: np.ndarray | None, answers: Answers
) -> None:
    """Offsets, strides and types are followed, and the copy is contiguous."""
    expected = np.frombuffer(BYTES, np.int64) if expected is None else expected
    found = answers(weight(**fields))[1]["weight"]
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"shape": (5,)}, "reaches beyond the stored bytes of weight"),
        ({"shape": (2,), "offset": 3}, "reaches beyond"),
        ({"shape": (1,), "offset": 4}, "reaches beyond"),
        ({"shape": (1,), "offset": 2**62}, "reaches beyond"),
        ({"shape": (2,), "stride": (4,)}, "reaches beyond"),
        ({"shape": (30_000, 30_000), "stride": (0, 0)}, "reaches beyond"),
        ({"shape": (30_000, 30_000), "stride": (30_000, 1)}, "reaches beyond"),
        ({"shape": (2, 2), "stride": (1,)}, "invalid shape"),
        ({"shape": (1,) * 9, "stride": (1,) * 9}, "invalid shape"),
        ({"stored": storage(key="7")}, "is missing the bytes of weight"),
        ({"stored": storage(elements=900_000_000)}, "is missing the bytes of weight"),
        ({"stored": storage(kind="BFloat16Storage")}, "holds bfloat16 in weight"),
    ],
)
def test_tensor_that_its_bytes_do_not_cover_is_refused(
    fields: Mapping[str, object], reason: str, answers: Answers
) -> None:
    """No element is read from beyond the storage, and none of them twice to make a large tensor."""
    description, tensors = answers(weight(**fields))
    assert reason in str(description["unreadable"])
    assert not tensors


@pytest.mark.parametrize(
    ("pickled", "reason"),
    [
        (b"\x80\x02", "is damaged"),
        (b"\x80\x02}", "is damaged"),
        (b"\x80\xff.", "is damaged"),
        (b"\x80\x02\xff.", "is damaged (invalid load key, '\\xff'.)"),
        (whole(text("weight"), pickle.SETITEM), "is damaged"),
        (whole(called(text("weight"))), "is damaged (TypeError while it was read)"),
        (whole(pickle.EXT1, b"\x01"), "is damaged (ValueError while it was read)"),
        (whole(b"\x95", struct.pack("<Q", 2**62)), "is damaged"),
        (whole(pickle.NONE), "holds neither a network nor a state_dict"),
    ],
)
def test_opcodes_that_do_not_fit_are_damage(pickled: bytes, reason: str, answers: Answers) -> None:
    """Whatever the unpickler raises becomes a reason."""
    assert str(answers(archive(pickled))[0]["unreadable"]).startswith(reason)


def test_refused_name_is_told_printably(answers: Answers) -> None:
    """The name comes from the hand-in, and may hold anything but a newline."""
    description, _ = answers(archive(whole(name("os", "\x1b[2Jsystem"))))
    assert description["refused_global"] == "os.?[2Jsystem"


def test_pickles_elsewhere_in_the_archive_are_bytes(answers: Answers) -> None:
    """A pickle in a storage or another record is not read as one."""
    attack = whole(called(name("os", "system"), text("true")))
    records = {"a/data/1": attack, "a/extra.pkl": attack, "a/.data/serialization_id": attack}
    description, tensors = answers(archive(whole(dict_of(("weight", tensor()))), records))
    assert "refused_global" not in description
    assert list(tensors) == ["weight"]


def test_more_attributes_than_a_report_can_hold_are_refused(answers: Answers) -> None:
    """The description stays short enough to be believed."""
    many = [(f"attribute{number}", text("x" * 200)) for number in range(30_000)]
    description, _ = answers(archive(whole(module(*many))))
    assert description["unreadable"] == "carries more attributes than any MobileNetV2"


def test_whatever_is_described_the_parent_can_read(tmp_path: Path) -> None:
    """Quotes double twice on their way into the header, where the tensors' names stand as well."""
    tensors = [(f"{number:0200}", tensor()) for number in range(8_000)]
    quotes = [('"' * 190 + str(number), text('"' * 200)) for number in range(3_100)]
    content = archive(whole(module(("_buffers", dict_of(*tensors)), *quotes)))
    path = tmp_path / "mobilenet.pth"
    path.write_bytes(content)
    metadata, _ = read_message(answer(path, WANTED))
    assert "attributes" in metadata["description"]


@pytest.mark.system
@pytest.mark.parametrize("isolation", BOTH)
def test_pickle_that_would_make_a_file_makes_none(isolation: Isolation, tmp_path: Path) -> None:
    """In a real child of either tier, the attack's name is the answer and nothing was made."""
    made = tmp_path / "made"

    class Attack:
        def __reduce__(self) -> tuple[object, ...]:
            return os.system, (f"touch {made}",)

    path = tmp_path / "mobilenet.pth"
    torch.save({"weight": Attack()}, path)
    outcome = run(
        Child(program="unpickle", inputs=(path,), settings=SETTINGS, limits=READ_LIMITS), isolation
    )
    assert outcome.ended_well, outcome.stderr
    assert parsed(outcome.message)[0] == {"refused_global": f"{os.name}.system"}
    assert not made.exists()


@pytest.mark.system
@needs_rlimits
@pytest.mark.parametrize(
    "pickled",
    [
        whole(pickle.BYTEARRAY8, struct.pack("<Q", 2 << 30)),  # 2 GB in 35 bytes
        whole(pickle.BINBYTES8, struct.pack("<Q", 2**62)),
        whole(pickle.NONE, pickle.LONG_BINPUT, struct.pack("<I", 2**32 - 1)),  # a memo of 64 GB
        whole(integer(1), pickle.PUT + b"99999999999\n"),
    ],
)
def test_bombs_end_in_a_reason(pickled: bytes, tmp_path: Path) -> None:
    """A few bytes that ask for gigabytes get an answer, within the child's limits."""
    path = tmp_path / "mobilenet.pth"
    path.write_bytes(archive(pickled))
    outcome = run(
        Child(program="unpickle", inputs=(path,), settings=SETTINGS, limits=READ_LIMITS), BEST
    )
    assert outcome.ended_well, outcome.stderr
    reason = str(parsed(outcome.message)[0]["unreadable"])
    assert reason.startswith(("asks for", "is damaged"))


def test_lists_within_lists_are_never_printed(answers: Answers) -> None:
    """Ten references to ten references, twenty deep, take no room until somebody follows them."""
    laughs = pickle.EMPTY_LIST
    for _ in range(20):
        laughs = pickle.MARK + laughs + pickle.DUP * 9 + pickle.LIST
    description, tensors = answers(
        archive(whole(dict_of(("laughs", laughs), ("model", dict_of(("weight", tensor()))))))
    )
    assert description["found_at"] == "model"
    assert list(tensors) == ["weight"]


@pytest.mark.system
@needs_rlimits
def test_changed_bytes_never_end_the_reader(tmp_path: Path) -> None:
    """Whatever byte of a checkpoint is changed, the reader answers."""
    path = tmp_path / "mobilenet.pth"
    torch.save(nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU6()), path)
    outcome = supervise(
        [sys.executable, str(mutate.__file__), str(path), "500"],
        SandboxLimits(wall_seconds=60, cpu_seconds=60, memory_bytes=2 << 30),
        {"OMP_NUM_THREADS": "1"},
    )
    assert outcome.message == b"500\n", outcome.stderr


def test_half_a_zip_is_damage(answers: Answers) -> None:
    """Zipfile's message about a damaged archive is passed on."""
    description, _ = answers(weight()[:-30])
    assert description["unreadable"] == "is damaged (File is not a zip file)"
    with pytest.raises(zipfile.BadZipFile):
        zipfile.ZipFile(Path(mutate.__file__))
