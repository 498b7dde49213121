"""Reads the file formats of `torch.save`: an object pickle and the bytes of its storages.

Runs inside the sandbox child.
"""

import io
import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.sandbox.child.file_format import (
    format_name,
    is_safetensors,
    zip_name,
    zip_without_pickle,
)
from grader.sandbox.child.inert_pickle import InertUnpickler, StandIn

RECORDS_AT_MOST = 20_000  # the unpruned network's file has 320, with its optimizer 800
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_ITEM_BYTES = {"float64": 8, "int64": 8, "float32": 4, "int32": 4, "float16": 2, "bfloat16": 2}
_ITEM_BYTES |= {"int16": 2, "int8": 1, "uint8": 1, "bool": 1}
_END, _END_BYTES = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_BYTES, _LARGE_END_BYTES = b"PK\x06\x07", 20, 56


class Excessive(Exception):
    """The file is larger than any network of the lab's; `args[0]` says in what."""


class NotACheckpoint(Exception):
    """The file has none of the formats; `args[0]` is a predicate that says what it is instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """An unpickled object made of stand-ins, and the bytes of its tensors' storages, by key.

    `protocol` is that of the pickle; torch.save writes 2 unless it is told otherwise.
    """

    format: str
    protocol: int
    content: object
    storages: Mapping[str, bytes]


def read(path: Path) -> Checkpoint:
    """Return the checkpoint at `path`; no code in it is run.

    Raises `NotACheckpoint`, `Excessive`, or the errors of pickle and zipfile for damaged bytes.
    """
    data = path.read_bytes()
    if not data:
        raise NotACheckpoint("is empty")
    if data.startswith(b"PK") and not is_safetensors(data):
        return _read_zip(data)
    if data.startswith(b"\x80") and not is_safetensors(data):
        return _read_legacy(io.BytesIO(data))
    raise NotACheckpoint(f"is {format_name(data)}, which torch.save does not write")


def _read_zip(data: bytes) -> Checkpoint:
    records = _records(data)
    pickled = records["data.pkl"]
    content = InertUnpickler(io.BytesIO(pickled)).load()
    storages = {
        name.removeprefix("data/"): each
        for name, each in records.items()
        if name.startswith("data/")
    }
    protocol = pickled[1] if pickled.startswith(pickle.PROTO) else 0
    return Checkpoint(format="zip", protocol=protocol, content=content, storages=storages)


def _records(data: bytes) -> dict[str, bytes]:
    """Return the pickle as `data.pkl` and the storages as `data/KEY`, without their folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if _list_of_records(data) != archive.start_dir:
            raise NotACheckpoint("holds more than one zip, or bytes before or after it")
        names = archive.namelist()
        if len(names) > RECORDS_AT_MOST:
            raise Excessive("holds more records")
        if len({name.casefold() for name in names}) != len(names):
            raise NotACheckpoint("holds two records of the same name")
        if sum(entry.compress_size for entry in archive.infolist()) > len(data):
            raise NotACheckpoint("holds records that share the same bytes")
        if what := zip_name(names):
            raise NotACheckpoint(what)
        pickles = [name for name in names if name.endswith("/data.pkl") and name.count("/") == 1]
        if len(pickles) != 1:
            raise NotACheckpoint(zip_without_pickle(names))
        folder = pickles[0].removesuffix("data.pkl")
        order = f"{folder}byteorder"
        if order in names and _record(archive, order) != b"little":
            raise NotACheckpoint("was saved on a big-endian machine")
        storages = [name for name in names if name.startswith(f"{folder}data/")]
        return {name.removeprefix(folder): _record(archive, name) for name in (*pickles, *storages)}


def _list_of_records(data: bytes) -> int | None:
    """Return the stored offset of the zip's list of records, None if two offsets are stored.

    zipfile expects the list directly before the end record and ignores the stored offset, so it
    reads the last of several zips in one file; torch.load follows the offset and reads another.
    """
    end = data.rfind(_END, 0, len(data) - _END_BYTES + len(_END))
    said = int.from_bytes(data[end + 16 : end + 20], "little")
    large = end - _LOCATOR_BYTES - _LARGE_END_BYTES  # torch.save writes the 64-bit record as well
    if data.startswith(_LOCATOR, end - _LOCATOR_BYTES):
        large_said = int.from_bytes(data[end - 12 : end - 4], "little")
        if large_said != large or int.from_bytes(data[large + 48 : large + 56], "little") != said:
            return None
    return said


def _record(archive: zipfile.ZipFile, name: str) -> bytes:
    """Return a record's bytes. torch.save never compresses: a 64 MB file holds at most 64 MB."""
    entry = archive.getinfo(name)
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
        raise NotACheckpoint(
            "holds compressed or encrypted records, which torch.save does not write"
        )
    return archive.read(entry)


def _read_legacy(file: IO[bytes]) -> Checkpoint:
    """Read the format before torch 1.6: five pickles, then each storage: a count and its bytes."""
    magic = InertUnpickler(file).load()
    if type(magic) is not int or magic != LEGACY_MAGIC:
        raise NotACheckpoint("is a pickle, but not one that torch.save wrote")
    InertUnpickler(file).load()  # protocol version
    InertUnpickler(file).load()  # the writing machine's word sizes
    reader = _LegacyUnpickler(file)
    content = reader.load()
    storages = {}
    keys = InertUnpickler(file).load()
    if type(keys) is not list or not all(type(key) is str and key in reader.dtypes for key in keys):
        raise pickle.UnpicklingError("its list of storages is damaged")
    for key in keys:
        elements = int.from_bytes(file.read(8), "little")
        storages[key] = file.read(elements * _ITEM_BYTES[reader.dtypes[key]])
    return Checkpoint(format="legacy", protocol=2, content=content, storages=storages)


class _LegacyUnpickler(InertUnpickler):
    """An `InertUnpickler` for the old format.

    Only this format has a storage's dtype in the persistent id, and saves a module's class with its
    source code, which is ignored.
    """

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.dtypes: dict[str, str] = {}

    def persistent_load(self, pid: object) -> object:
        match pid:
            case (str(tag), type() as kind, _, _) if tag == "module" and issubclass(kind, StandIn):
                return kind
        key, dtype, elements = self.storage(pid)
        self.dtypes[key] = dtype
        return (key, dtype, elements)
