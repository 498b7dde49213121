"""Child: reads a checkpoint and sends its tensors and a description of its structure.

`unpickle CHECKPOINT {"title": …, "root_class": …, "trunk": …, "key": …}`: the fields of `Wanted`.
The message is one safetensors file whose metadata holds the JSON described by
`grader.networks.description`. This program does not import torch, and it never calls, compares,
hashes or prints an object of the checkpoint.
"""

import json
import pickle
import re
import struct
import sys
import zipfile
import zlib
from pathlib import Path
from typing import Any

from safetensors.numpy import save

from grader.sandbox.child.container import Excessive, NotACheckpoint, read
from grader.sandbox.child.describe import describe, printable
from grader.sandbox.child.inert_pickle import RefusedGlobal, SavedMethod
from grader.sandbox.child.message import message_pipe
from grader.sandbox.child.networks_in import UnknownKey, Unreadable, Wanted
from grader.sandbox.child.tensor_bytes import copied

# Characters; the unpruned network's has 60,000. Escaped in the message's header its length may
# double; with the tensors' entries it still stays below the parent's limit for the header.
DESCRIPTION_AT_MOST = 2 << 20

# Names that torch writes into the pickle of a quantised network.
_QUANTISED = re.compile(
    rb"torch\.(ao\.)?(nn\.)?(quantization|quantized|intrinsic|qat)|torch\.ops\.quantized|fake_quant"
    rb"|_rebuild_qtensor|torchao\.|bitsandbytes"
)


def main() -> None:
    """Send the message for argv[1]; a refusal is a message too."""
    with message_pipe() as pipe:
        settings = json.loads(sys.argv[2])
        pipe.write(answer(Path(sys.argv[1]), Wanted(**settings)))


def answer(path: Path, wanted: Wanted) -> bytes:
    """Return the message for the checkpoint at `path`."""
    refusal: dict[str, Any]
    try:
        checkpoint = read(path)
        description, raw = describe(checkpoint, wanted)
        text = json.dumps({**description, "tensors": list(raw)})
        if len(text) > DESCRIPTION_AT_MOST:
            raise Excessive("carries more attributes")
        tensors = {name: copied(tensor, checkpoint.storages, name) for name, tensor in raw.items()}
        return save(tensors, metadata={"description": text})
    except SavedMethod as error:
        refusal = {"saved_method": printable(str(error))}
    except UnknownKey as error:
        refusal = {"unknown_key": error.args[0]}
    except RefusedGlobal as error:
        refusal = _refused_global(error, path)
    except (NotACheckpoint, Unreadable) as error:
        refusal = {"unreadable": str(error)}
    except Excessive as error:
        refusal = {"unreadable": f"{error} than any {wanted.title}"}
    except MemoryError:
        refusal = {"unreadable": f"asks for more memory than any {wanted.title} needs"}
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
        # The unpickler raises these when a stream's opcodes do not fit each other.
        refusal = {"unreadable": f"is damaged ({type(error).__name__} while it was read)"}
    return save({}, metadata={"description": json.dumps(refusal)})


def _refused_global(error: RefusedGlobal, path: Path) -> dict[str, Any]:
    quantised = _QUANTISED.search(path.read_bytes())
    return {
        "refused_global": printable(str(error)),
        **({"quantised": True} if quantised else {}),
    }


if __name__ == "__main__":
    main()
