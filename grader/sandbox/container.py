"""The file formats `torch.save` has written, as an object pickle and the bytes of its storages.

Runs inside the sandbox's child.
"""

import io
import pickle
import tarfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.sandbox.standins import STORAGES, InertUnpickler

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_ITEM_BYTES = {"float64": 8, "int64": 8, "float32": 4, "int32": 4, "float16": 2, "bfloat16": 2}
_ITEM_BYTES |= {"int16": 2, "int8": 1, "uint8": 1, "bool": 1}


class NotACheckpoint(Exception):
    """The file is none of the formats; `args[0]` says what it is instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """An unpickled object made of stand-ins, and the bytes of the storages its tensors name."""

    format: str
    content: object
    storages: Mapping[str, bytes]


def read(path: Path) -> Checkpoint:
    """Read the checkpoint without running anything in it.

    Raises `NotACheckpoint`, or what pickle and zipfile raise for damaged bytes.
    """
    data = path.read_bytes()
    if not data:
        raise NotACheckpoint("is empty")
    if data.startswith(b"PK"):
        return _read_zip(data)
    if tarfile.is_tarfile(io.BytesIO(data)):
        raise NotACheckpoint("is a tar archive, as torch.save wrote before 2017")
    if data[:1] == b"\x80":
        return _read_legacy(io.BytesIO(data))
    if data[8:9] == b"{":
        raise NotACheckpoint("is a safetensors file")
    if data[4:8] in {b"ET12", b"ET13"}:
        raise NotACheckpoint("is an ExecuTorch program")
    raise NotACheckpoint(f"begins with {data[:8].hex(' ')}, which torch.save does not write")


def _read_zip(data: bytes) -> Checkpoint:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise NotACheckpoint("holds two records of the same name")
        pickles = [name for name in names if name.endswith("/data.pkl") and name.count("/") == 1]
        if any(name.endswith("/constants.pkl") for name in names):
            raise NotACheckpoint("is a TorchScript archive, made by torch.jit.save")
        if len(pickles) != 1:
            raise NotACheckpoint("is a zip archive without a data.pkl, not made by torch.save")
        folder = pickles[0].removesuffix("data.pkl")
        order = f"{folder}byteorder"
        if order in names and archive.read(order) != b"little":
            raise NotACheckpoint("was saved on a big-endian machine")
        prefix = f"{folder}data/"
        storages = {
            name.removeprefix(prefix): archive.read(name)
            for name in names
            if name.startswith(prefix)
        }
        content = InertUnpickler(io.BytesIO(archive.read(pickles[0]))).load()
    return Checkpoint(format="zip", content=content, storages=storages)


def _read_legacy(file: IO[bytes]) -> Checkpoint:
    """The format before torch 1.6: five pickles, then each storage as a count and its bytes."""
    if InertUnpickler(file).load() != LEGACY_MAGIC:
        raise NotACheckpoint("is a pickle, but not one that torch.save wrote")
    InertUnpickler(file).load()  # protocol version
    InertUnpickler(file).load()  # the writing machine's word sizes
    reader = _LegacyUnpickler(file)
    content = reader.load()
    storages = {}
    keys = InertUnpickler(file).load()
    if type(keys) is not list or not all(key in reader.dtypes for key in keys):
        raise pickle.UnpicklingError("its list of storages is damaged")
    for key in keys:
        elements = int.from_bytes(file.read(8), "little")
        storages[key] = file.read(elements * _ITEM_BYTES[reader.dtypes[key]])
    return Checkpoint(format="legacy", content=content, storages=storages)


class _LegacyUnpickler(InertUnpickler):
    """As `InertUnpickler`, and remembers each storage's dtype, which the file tells only here."""

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.dtypes: dict[str, str] = {}

    def persistent_load(self, pid: object) -> tuple[str, str, int]:
        key, dtype, elements = super().persistent_load(pid)
        assert dtype in STORAGES.values()
        self.dtypes[key] = dtype
        return (key, dtype, elements)
