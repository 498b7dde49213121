"""File formats: those that torch.save has written, and what any other file is called."""

import io
import pickle
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import nn

from grader.sandbox.child.container import LEGACY_MAGIC, Checkpoint, NotACheckpoint, read
from grader.sandbox.child.inert_pickle import RawTensor, StandIn, Table
from tests.sandbox.archives import BYTES, archive, records_twice, zipped
from tests.sandbox.pickles import dict_of, tensor, whole

PICKLED = whole(dict_of(("weight", tensor())))


@pytest.fixture
def from_bytes(tmp_path: Path) -> Callable[[bytes], Checkpoint]:
    """Reads a checkpoint of the bytes given."""

    def read_bytes(content: bytes) -> Checkpoint:
        path = tmp_path / "mobilenet.pth"
        path.write_bytes(content)
        return read(path)

    return read_bytes


FromBytes = Callable[[bytes], Checkpoint]


def saved(content: object, *, zipped: bool) -> bytes:
    """Return the bytes that torch.save writes, today or before torch 1.6."""
    buffer = io.BytesIO()
    torch.save(content, buffer, _use_new_zipfile_serialization=zipped)
    return buffer.getvalue()


def tar() -> bytes:
    """A tar archive with one member."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as file:
        member = tarfile.TarInfo("storages")
        member.size = 3
        file.addfile(member, io.BytesIO(b"abc"))
    return buffer.getvalue()


@pytest.mark.parametrize("zip_format", [True, False])
def test_both_formats_give_storages_and_stand_ins(zip_format: bool, from_bytes: FromBytes) -> None:
    """Today's format and the one before torch 1.6 hold the same."""
    layer = nn.Linear(2, 3)
    found = from_bytes(saved(layer.state_dict(), zipped=zip_format))
    assert found.format == ("zip" if zip_format else "legacy")
    assert type(found.content) is Table
    for name, tensor_ in layer.state_dict().items():
        raw = found.content[name]
        assert type(raw) is RawTensor
        assert raw.shape == tuple(tensor_.shape)
        assert found.storages[raw.storage] == tensor_.numpy().tobytes()


@pytest.mark.parametrize("zip_format", [True, False])
def test_both_formats_hold_modules(zip_format: bool, from_bytes: FromBytes) -> None:
    """A class that the old format saves with its source code is a stand-in like any other."""
    found = from_bytes(saved(nn.ReLU6(), zipped=zip_format)).content
    assert isinstance(found, StandIn)
    assert type(found).qualified_name == "torch.nn.modules.activation.ReLU6"


def test_folder_within_the_archive_has_any_name(from_bytes: FromBytes) -> None:
    """Torch names it after the file, and students rename files."""
    found = from_bytes(zipped({"名字/data.pkl": PICKLED, "名字/data/0": BYTES}))
    assert found.storages == {"0": BYTES}


def test_bytes_before_the_archive_are_no_checkpoint(from_bytes: FromBytes) -> None:
    """torch.load looks for a zip at the start of the file, and so do we."""
    with pytest.raises(NotACheckpoint, match="begins with the bytes 23 21"):
        from_bytes(b"#!/bin/sh\n" + archive(PICKLED))


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"", "is empty"),
        (
            b"I will hand it in tomorrow.\nSorry.",
            "is text that begins 'I will hand it in tomorrow.'",
        ),
        (b"version https://git-lfs.github.com/spec/v1\noid", "is a Git LFS pointer"),
        (tar(), "is a tar archive"),
        (b"\x1f\x8b\x08\x00rest", "is a gzip archive"),
        (b"\x89HDF\r\n\x1a\nrest", "is an HDF5 file, as Keras writes"),
        (b"\x08\x08\x12\x07pytorch\x1a\x052.0.0", "is an ONNX model"),
        (b"\x18\x00\x00\x00ET12rest", "is an ExecuTorch program"),
        (b"\x20\x00\x00\x00TFL3rest", "is a TensorFlow Lite model"),
        (b"\x02" + bytes(7) + b"{}", "is a safetensors file"),
        (b"\x80" + bytes(7) + b"{" + bytes(128), "is a safetensors file"),
        (b"PK" + bytes(6) + b"{" + bytes(1 << 15), "is a safetensors file"),
        (b"\x08\x0a:\x05graph", "is an ONNX model"),
        (b"\x08\x07\x12\x07tf2onnx", "is an ONNX model"),
        (b"<!DOCTYPE html><title>Google Drive</title>", "is an HTML page"),
        ("\ufeff\n<html lang=zh><p>無法掃描</p>".encode(), "is an HTML page"),
        (b"%PDF-1.7", "is a PDF document"),
        (zipped({"model/mobilenet.pth": b"1"}), "is a zip archive that holds model/mobilenet.pth"),
        (zipped({"arr_0.npy": b"1"}), "is an archive of NumPy arrays"),
        (bytes(2000), "is nothing but zero bytes"),
        (b"\x01" * 2000, "is a file that begins with the bytes 01 01 01 01 01 01 01 01"),
        (pickle.dumps([1, 2]), "is a pickle, but not one that torch.save wrote"),
        (zipped({"model/weights.bin": b"1"}), "is a zip archive without a data.pkl"),
        (zipped({"a/data.pkl": b"1", "b/data.pkl": b"1"}), "is a zip archive without a data.pkl"),
        (zipped({"m/constants.pkl": b"1", "m/data.pkl": b"1"}), "is a TorchScript archive"),
        (zipped({"m/archive_format": b"pt2"}), "is a torch.export archive"),
        (zipped({"serialized_exported_program.json": b"{}"}), "is a torch.export archive"),
        (archive(PICKLED, {"a/byteorder": b"big"}), "was saved on a big-endian machine"),
    ],
)
def test_other_files_are_called_what_they_are(
    content: bytes, what: str, from_bytes: FromBytes
) -> None:
    """A file in another format is refused by the format's name."""
    with pytest.raises(NotACheckpoint) as refusal:
        from_bytes(content)
    assert str(refusal.value).startswith(what)


@pytest.mark.parametrize("kind", ["script", "export"])
def test_what_torch_saves_in_other_ways_is_told(
    kind: str, from_bytes: FromBytes, tmp_path: Path
) -> None:
    """TorchScript and torch.export archives, made by torch itself, are recognised."""
    example = (torch.zeros(1, 2),)
    path = tmp_path / "saved"
    if kind == "script":
        with pytest.warns(DeprecationWarning, match="deprecated"):
            torch.jit.save(torch.jit.trace(nn.Linear(2, 2), example), path)  # type: ignore[no-untyped-call]  # torch leaves it untyped
    else:
        torch.export.save(torch.export.export(nn.Linear(2, 2), example), path)
    with pytest.raises(NotACheckpoint, match="TorchScript" if kind == "script" else "torch.export"):
        from_bytes(path.read_bytes())


def test_two_records_of_one_name_are_refused(from_bytes: FromBytes) -> None:
    """Torch reads the first, Python the last: there is no telling which one counts."""
    content = zipped({"a/data.pkl": PICKLED, "b/data.pkl": PICKLED})
    with pytest.raises(NotACheckpoint, match="two records of the same name"):
        from_bytes(content.replace(b"b/data.pkl", b"a/data.pkl"))


@pytest.mark.parametrize("other", ["a/DATA.PKL", "a/Data/0"])
def test_records_that_differ_in_case_are_refused(other: str, from_bytes: FromBytes) -> None:
    """To torch they are one, and which it takes hangs on their order."""
    with pytest.raises(NotACheckpoint, match="two records of the same name"):
        from_bytes(archive(PICKLED, {other: bytes(16)}))


def test_records_that_share_their_bytes_are_refused(from_bytes: FromBytes) -> None:
    """A list of files in which a storage is there twice unpacks to more than the file has."""
    from_bytes(records_twice(PICKLED, 1, 1000))
    with pytest.raises(NotACheckpoint, match="share the same bytes"):
        from_bytes(records_twice(PICKLED, 3, 1000))


def test_two_zips_in_one_file_are_refused(from_bytes: FromBytes, tmp_path: Path) -> None:
    """Python reads the last of them, and torch the first where the two are of one shape."""
    first, second = (saved({each: torch.zeros(1)}, zipped=True) for each in ("evil", "good"))
    path = tmp_path / "mobilenet.pth"
    path.write_bytes(first + second)
    assert list(torch.load(path, weights_only=True)) == ["evil"]
    with pytest.raises(NotACheckpoint, match="more than one zip"):
        from_bytes(first + second)


@pytest.mark.parametrize("place", [-22 + 16, -22 - 20 + 8, -22 - 20 - 56 + 48])
def test_end_records_that_disagree_are_refused(place: int, from_bytes: FromBytes) -> None:
    """Each of torch's three records at the end leads to the one list, or none is believed."""
    content = bytearray(saved({"weight": torch.zeros(1)}, zipped=True))
    from_bytes(bytes(content))
    content[place] ^= 1
    with pytest.raises((NotACheckpoint, zipfile.BadZipFile)):
        from_bytes(bytes(content))


def test_compressed_records_are_refused(from_bytes: FromBytes) -> None:
    """torch.save compresses nothing, so a small file never becomes a large one."""
    bomb = zipped({"a/data.pkl": PICKLED, "a/data/0": bytes(10 << 20)}, zipfile.ZIP_DEFLATED)
    assert len(bomb) < 100_000
    with pytest.raises(NotACheckpoint, match="compressed or encrypted"):
        from_bytes(bomb)


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.99])
@pytest.mark.parametrize("zip_format", [True, False])
def test_truncated_file_is_damage(kept: float, zip_format: bool, from_bytes: FromBytes) -> None:
    """A download that stopped is no checkpoint, wherever it stopped."""
    content = saved(nn.Linear(8, 8).state_dict(), zipped=zip_format)
    try:
        found = from_bytes(content[: int(len(content) * kept)])
    except (zipfile.BadZipFile, pickle.UnpicklingError, EOFError):
        return
    # The old format has its bytes last, and only their number tells that some are missing.
    assert not zip_format
    assert sum(map(len, found.storages.values())) < 4 * (8 * 8 + 8)


def test_old_format_with_a_list_of_storages_that_is_none_is_damage(from_bytes: FromBytes) -> None:
    """The storages that follow are named before, or there are none."""
    pickles = [LEGACY_MAGIC, 1001, {"little_endian": True}, {"weight": 1}]
    for keys in (["0"], "0", [0], None):
        content = b"".join(pickle.dumps(part, protocol=2) for part in (*pickles, keys))
        with pytest.raises(pickle.UnpicklingError, match="list of storages"):
            from_bytes(content)
