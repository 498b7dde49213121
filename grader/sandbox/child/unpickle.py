"""Child: reads a checkpoint and answers with its tensors and a description of its structure.

`unpickle CHECKPOINT {"network": …, "root_class": …}`: the family's name for people, and the full
name of its networks' class. The message is one safetensors file whose metadata holds the JSON
described by `grader.networks.description`. No torch is imported here, and nothing of the
checkpoint is ever called, compared, hashed or printed.
"""

import json
import pickle
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

import numpy
from safetensors.numpy import save

from grader.sandbox.child.container import Checkpoint, Excessive, NotACheckpoint, read
from grader.sandbox.child.describe import Unreadable, describe, printable
from grader.sandbox.child.inert_pickle import RawTensor, RefusedGlobal
from grader.sandbox.child.message import message_pipe

# Characters; the unpruned network's has 60,000. As a string in the message's header it may double,
# and the tensors stand beside it: together they stay below what the parent reads.
DESCRIPTION_AT_MOST = 2 << 20


def main() -> None:
    """Answer for argv[1]; a checkpoint that is refused is an answer too."""
    with message_pipe() as pipe:
        settings = json.loads(sys.argv[2])
        pipe.write(answer(Path(sys.argv[1]), settings["network"], settings["root_class"]))


def answer(path: Path, network: str, root_class: str) -> bytes:
    """The message for the checkpoint at `path`."""
    try:
        checkpoint = read(path)
        description, raw = describe(checkpoint, root_class)
        text = json.dumps({**description, "tensors": list(raw)})
        if len(text) > DESCRIPTION_AT_MOST:
            raise Excessive("carries more attributes")
        tensors = {name: _copy(tensor, checkpoint, name) for name, tensor in raw.items()}
        return save(tensors, metadata={"description": text})
    except RefusedGlobal as error:
        refusal = {"refused_global": printable(str(error))}
    except (NotACheckpoint, Unreadable) as error:
        refusal = {"unreadable": str(error)}
    except Excessive as error:
        refusal = {"unreadable": f"{error} than any {network}"}
    except MemoryError:
        refusal = {"unreadable": f"asks for more memory than any {network} needs"}
    except (
        pickle.UnpicklingError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        struct.error,
    ) as error:
        refusal = {"unreadable": f"is damaged ({printable(str(error))})"}
    except (
        ArithmeticError,
        AttributeError,
        LookupError,
        NotImplementedError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        # What the unpickler raises when a stream's opcodes do not fit each other.
        refusal = {"unreadable": f"is damaged ({type(error).__name__} while it was read)"}
    return save({}, metadata={"description": json.dumps(refusal)})


def _copy(tensor: RawTensor, checkpoint: Checkpoint, name: str) -> Any:
    """The tensor's elements, contiguous; every index is checked against the storage first."""
    if tensor.dtype == "bfloat16":
        raise Unreadable(f"holds bfloat16 in {name}; save it as float32 (model.float())")
    item = numpy.dtype(tensor.dtype)
    storage = checkpoint.storages.get(tensor.storage)
    if storage is None or len(storage) < tensor.elements * item.itemsize:
        raise Unreadable(f"is missing the bytes of {name}")
    elements = len(storage) // item.itemsize
    if len(tensor.shape) > 8 or len(tensor.shape) != len(tensor.stride):
        raise Unreadable(f"gives {name} a shape that is none")
    size = 1
    for length in tensor.shape:
        size *= length
    if size == 0:
        return numpy.zeros(tensor.shape, item)
    last = tensor.offset + sum(
        (length - 1) * step for length, step in zip(tensor.shape, tensor.stride, strict=True)
    )
    # A tensor may not be larger than its storage: a stride of 0 turns 4 bytes into gigabytes.
    if size > elements or last >= elements:
        raise Unreadable(f"reaches beyond the stored bytes of {name}")
    view = numpy.lib.stride_tricks.as_strided(
        numpy.frombuffer(storage, item, count=elements)[tensor.offset :],
        tensor.shape,
        tuple(step * item.itemsize for step in tensor.stride),
        writeable=False,
    )
    return numpy.ascontiguousarray(view).reshape(tensor.shape)


if __name__ == "__main__":
    main()
