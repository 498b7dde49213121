"""The file formats `torch.save` has written, as an object pickle and the bytes of its storages.

Runs inside the sandbox's child.
"""

import io
import pickle
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from grader.sandbox.standins import InertUnpickler, StandIn

LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_ITEM_BYTES = {"float64": 8, "int64": 8, "float32": 4, "int32": 4, "float16": 2, "bfloat16": 2}
_ITEM_BYTES |= {"int16": 2, "int8": 1, "uint8": 1, "bool": 1}
_OTHER_FORMATS = (  # offset, bytes there, what such a file is
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"\x89HDF\r\n", "an HDF5 file, as Keras writes"),
    (0, b"\x7fELF", "a program for Linux"),
    (4, b"ET12", "an ExecuTorch program"),
    (4, b"TFL3", "a TensorFlow Lite model"),
    (257, b"ustar", "a tar archive, as torch.save wrote before 2017"),
)


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
    if data.startswith(b"\x80"):
        return _read_legacy(io.BytesIO(data))
    raise NotACheckpoint(f"is {_what_else(data)}, which torch.save does not write")


def _what_else(data: bytes) -> str:
    for offset, magic, name in _OTHER_FORMATS:
        if data.startswith(magic, offset):
            return name
    if data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data) - 8:
        return "a safetensors file"
    head = data[:40]
    if head.isascii() and head.decode("ascii").replace("\n", " ").replace("\r", " ").isprintable():
        return f"text that begins {head.splitlines()[0].decode('ascii')!r}"
    return f"a file that begins with the bytes {head[:8].hex(' ')}"


def _read_zip(data: bytes) -> Checkpoint:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        if len(set(names)) != len(names):
            raise NotACheckpoint("holds two records of the same name")
        if any(name.endswith("/constants.pkl") for name in names):
            raise NotACheckpoint("is a TorchScript archive, made by torch.jit.save")
        if any(
            name.endswith(("/archive_format", "serialized_exported_program.json")) for name in names
        ):
            raise NotACheckpoint("is a torch.export archive, made by torch.export.save")
        pickles = [name for name in names if name.endswith("/data.pkl") and name.count("/") == 1]
        if len(pickles) != 1:
            raise NotACheckpoint("is a zip archive without a data.pkl, not made by torch.save")
        folder = pickles[0].removesuffix("data.pkl")
        order = f"{folder}byteorder"
        if order in names and _record(archive, order) != b"little":
            raise NotACheckpoint("was saved on a big-endian machine")
        prefix = f"{folder}data/"
        storages = {
            name.removeprefix(prefix): _record(archive, name)
            for name in names
            if name.startswith(prefix)
        }
        content = InertUnpickler(io.BytesIO(_record(archive, pickles[0]))).load()
    return Checkpoint(format="zip", content=content, storages=storages)


def _record(archive: zipfile.ZipFile, name: str) -> bytes:
    """The bytes of a record, which torch.save leaves as they are: 64 MB of file are never more."""
    entry = archive.getinfo(name)
    if entry.compress_type != zipfile.ZIP_STORED or entry.flag_bits & 1:
        raise NotACheckpoint(
            "holds compressed or encrypted records, which torch.save does not write"
        )
    return archive.read(entry)


def _read_legacy(file: IO[bytes]) -> Checkpoint:
    """The format before torch 1.6: five pickles, then each storage as a count and its bytes."""
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
    return Checkpoint(format="legacy", content=content, storages=storages)


class _LegacyUnpickler(InertUnpickler):
    """As `InertUnpickler`, for what only the old format does.

    It tells a storage's dtype here and nowhere else, and saves a module's class with its source
    code, which is ignored.
    """

    def __init__(self, file: IO[bytes]) -> None:
        super().__init__(file)
        self.dtypes: dict[str, str] = {}

    def persistent_load(self, pid: object) -> object:
        match pid:
            case ("module", type() as kind, _, _) if issubclass(kind, StandIn):
                return kind
        key, dtype, elements = self.storage(pid)
        self.dtypes[key] = dtype
        return (key, dtype, elements)
