"""Names the format of a file that `torch.save` did not write, by its first bytes."""

import re
from collections.abc import Sequence

_BYTES = (  # offset, the bytes there, what the file is
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"BZh", "a bzip2 archive"),
    (0, b"\xfd7zXZ", "an xz archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"\x89HDF\r\n", "an HDF5 file, as Keras writes"),
    (0, b"\x93NUMPY", "a NumPy array"),
    (0, b"\x7fELF", "a program for Linux"),
    (0, b"\x89PNG", "a PNG picture"),
    (0, b"\xff\xd8\xff", "a JPEG picture"),
    (0, b"%PDF", "a PDF document"),
    (0, b"GGUF", "a GGUF file"),
    (0, b"version https://git-lfs", "a Git LFS pointer: the model itself is not in the file"),
    (4, b"ET12", "an ExecuTorch program"),
    (4, b"TFL3", "a TensorFlow Lite model"),
    (257, b"ustar", "a tar archive, as torch.save wrote before 2017"),
)
# A protobuf: field 1, the version of the format, and then the producer, the graph or the opset.
_ONNX = re.compile(rb"\x08[\x01-\x1f][\x12\x3a\x42]")
_HTML = re.compile(
    rb"(\xef\xbb\xbf)?\s*(<!--.*?-->\s*)*<(!doctype\s+html|html|head|body)\b", re.I | re.S
)
_NAMED_RECORDS = (  # an ending of a record's name in a zip, what the zip is
    ("/constants.pkl", "is a TorchScript archive, made by torch.jit.save"),
    ("/archive_format", "is a torch.export archive, made by torch.export.save"),
    ("serialized_exported_program.json", "is a torch.export archive, made by torch.export.save"),
    (".npy", "is an archive of NumPy arrays"),
    ("model.weights.h5", "is a Keras model"),
    ("word/document.xml", "is a Word document"),
)
_CHECKPOINT = re.compile(r"[^/]+\.(pth|pt|ckpt)", re.I)


def format_name(data: bytes) -> str:
    """Return what the bytes of a file are, as a noun."""
    known = (name for offset, magic, name in _BYTES if data.startswith(magic, offset))
    return next(known, None) or _by_shape(data) or _by_beginning(data)


def is_safetensors(data: bytes) -> bool:
    """True if the bytes begin with the length of a JSON header, and the header."""
    return data[8:9] == b"{" and int.from_bytes(data[:8], "little") <= len(data) - 8


def _by_shape(data: bytes) -> str | None:
    if is_safetensors(data):
        return "a safetensors file"
    if _HTML.match(data[:2000]):
        return "an HTML page, as a drive serves instead of a large file"
    if _ONNX.match(data):
        return "an ONNX model"
    if not data.strip(b"\0"):
        return "nothing but zero bytes, as an interrupted download leaves"
    return None


def _by_beginning(data: bytes) -> str:
    head = data[:40]
    if head.isascii() and head.decode("ascii").replace("\n", " ").replace("\r", " ").isprintable():
        return f"text that begins {head.splitlines()[0].decode('ascii')!r}"
    return f"a file that begins with the bytes {head[:8].hex(' ')}"


def zip_name(names: Sequence[str]) -> str | None:
    """Return what a zip with records of these names is, as a predicate; None if nothing known."""
    for ending, what in _NAMED_RECORDS:
        if any(f"/{name}".endswith(ending) for name in names):
            return what
    return None


def zip_without_pickle(names: Sequence[str]) -> str:
    """Return what a zip without a record `data.pkl` is, as a predicate."""
    inner = next((n for n in names if _CHECKPOINT.fullmatch(n.rpartition("/")[2])), None)
    if inner is not None and inner.isascii() and inner.isprintable():
        return f"is a zip archive that holds {inner[:100]}: hand in that file itself"
    return "is a zip archive without a data.pkl, not made by torch.save"
