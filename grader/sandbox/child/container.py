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

from grader.sandbox.child.inert_pickle import InertUnpickler, StandIn

RECORDS_AT_MOST = 20_000  # the unpruned network's has 320, with its optimizer 800
LEGACY_MAGIC = 0x1950A86A20F9469CFC6C
_ITEM_BYTES = {"float64": 8, "int64": 8, "float32": 4, "int32": 4, "float16": 2, "bfloat16": 2}
_ITEM_BYTES |= {"int16": 2, "int8": 1, "uint8": 1, "bool": 1}
_END, _END_BYTES = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_BYTES, _LARGE_END_BYTES = b"PK\x06\x07", 20, 56
_OTHER_FORMATS = (  # offset, bytes there, what such a file is
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"\x89HDF\r\n", "an HDF5 file, as Keras writes"),
    (0, b"\x7fELF", "a program for Linux"),
    (2, b"\x12\x07pytorch", "an ONNX model"),
    (4, b"ET12", "an ExecuTorch program"),
    (4, b"TFL3", "a TensorFlow Lite model"),
    (257, b"ustar", "a tar archive, as torch.save wrote before 2017"),
)


class Excessive(Exception):
    """The file is larger than any network of the lab's; `args[0]` says in what."""


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

    Raises `NotACheckpoint`, `Excessive`, or what pickle and zipfile raise for damaged bytes.
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
    records = _records(data)
    content = InertUnpickler(io.BytesIO(records["data.pkl"])).load()
    storages = {
        name.removeprefix("data/"): each
        for name, each in records.items()
        if name.startswith("data/")
    }
    return Checkpoint(format="zip", content=content, storages=storages)


def rewritten(path: Path) -> bytes:
    """The zip at `path` written anew, of those records that `read` reads and no others.

    torch.load finds records by rules of its own: case does not count, offsets are taken as they
    stand. In this zip it finds what was checked, whatever else the file held. Raises as `read`.
    """
    written = io.BytesIO()
    records = {"version": b"3", "byteorder": b"little", **_records(path.read_bytes())}
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in records.items():
            archive.writestr(f"checkpoint/{name}", content)
    return written.getvalue()


def _records(data: bytes) -> dict[str, bytes]:
    """The pickle as `data.pkl` and the storages as `data/KEY`, without the folder around them."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        if _list_of_records(data) != archive.start_dir:
            raise NotACheckpoint("holds more than one zip, or bytes around it")
        names = archive.namelist()
        if len(names) > RECORDS_AT_MOST:
            raise Excessive("holds more records")
        if len({name.casefold() for name in names}) != len(names):
            raise NotACheckpoint("holds two records of the same name")
        if sum(entry.compress_size for entry in archive.infolist()) > len(data):
            raise NotACheckpoint("holds records that share the same bytes")
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
        storages = [name for name in names if name.startswith(f"{folder}data/")]
        return {name.removeprefix(folder): _record(archive, name) for name in (*pickles, *storages)}


def _list_of_records(data: bytes) -> int | None:
    """Where the zip says that its list of records begins, None where it says two places.

    zipfile looks for the list just before the end record, wherever it is said to be, and so reads
    the last of several zips in one file; torch.load goes where it is told, and reads another.
    """
    end = data.rfind(_END, 0, len(data) - _END_BYTES + len(_END))
    said = int.from_bytes(data[end + 16 : end + 20], "little")
    large = end - _LOCATOR_BYTES - _LARGE_END_BYTES  # torch.save writes the 64-bit record as well
    if data.startswith(_LOCATOR, end - _LOCATOR_BYTES):
        place = int.from_bytes(data[end - 12 : end - 4], "little")
        if place != large or int.from_bytes(data[large + 48 : large + 56], "little") != said:
            return None
    return said


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
            case (str(tag), type() as kind, _, _) if tag == "module" and issubclass(kind, StandIn):
                return kind
        key, dtype, elements = self.storage(pid)
        self.dtypes[key] = dtype
        return (key, dtype, elements)
