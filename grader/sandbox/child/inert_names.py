"""The names that a checkpoint may hold beside tensors: a closed list. Nothing here is imported.

Each of them becomes a stand-in that keeps its name and its state. A name that is not in these lists
is refused, because loading the file elsewhere would import and call it.
"""

import re

# Classes of the field's packages; the family decides which ones a network may have.
_CLASS = re.compile(
    r"(torch|torchvision|torch_pruning|timm|lightning|pytorch_lightning|lightning_fabric"
    r"|lightning_utilities|torchmetrics|torch_ema|ema_pytorch|accelerate|transformers|omegaconf"
    r"|tqdm|pandas)(\.\w+)*\._*[A-Z]\w*"
)
# What NumPy writes for a number, an array, a type or a random generator.
_NUMPY = re.compile(
    r"numpy\.((_?core\.multiarray\.(scalar|_reconstruct)|_?core\.numeric\._frombuffer)"
    r"|dtype|ndarray|dtypes\.[A-Z]\w*|(bool|str|bytes|void|object)_?"
    r"|(u?int|float|complex|datetime|timedelta)\d*"
    r"|random\._pickle\.__(randomstate|generator|bit_generator)_ctor"
    r"|random\.(_\w+|bit_generator|mtrand)\.(__pyx_unpickle_)?[A-Z]\w*)"
)
_TORCH = re.compile(
    r"torch\.(device|Size|Generator|u?int(8|16|32|64)|float(16|32|64)|bfloat16|bool|complex(64|128)"
    r"|strided|(contiguous|preserve)_format|channels_last(_3d)?"
    r"|utils\.data\._utils\.collate\.default_collate|(cuda\.)?amp\.grad_scaler\._refresh_per_optimizer_state)"
)
# Tables, paths, times and numbers that training scripts save beside the weights.
_PANDAS = re.compile(
    r"pandas\.(_libs\.internals\._unpickle_block|_libs\.arrays\.__pyx_unpickle_\w+"
    r"|core\.indexes\.\w+\._new_\w+)"
)
_STANDARD_LIBRARY = frozenset(
    {
        "argparse.Namespace",
        "builtins.NoneType",
        "builtins.object",
        "builtins.slice",
        "collections.ChainMap",
        "collections.deque",
        "collections.UserDict",
        "collections.UserList",
        "collections.UserString",
        "contextlib.nullcontext",
        "datetime.date",
        "datetime.datetime",
        "datetime.time",
        "datetime.timedelta",
        "datetime.timezone",
        "decimal.Decimal",
        "fractions.Fraction",
        "random.Random",
        "time.struct_time",
        "types.MappingProxyType",
        "types.SimpleNamespace",
        "uuid.SafeUUID",
        "uuid.UUID",
        # Python 2's names, which torch.save still writes.
        "UserDict.IterableUserDict",
        "UserList.UserList",
        "UserString.UserString",
        *(
            f"pathlib{module}.{name}"
            for module in ("", "._local")
            for name in (
                "Path",
                "PosixPath",
                "PurePath",
                "PurePosixPath",
                "PureWindowsPath",
                "WindowsPath",
            )
        ),
    }
)
# Dicts: their items may hold a network. `defaultdict` is made with a factory and not with items.
TABLES = frozenset({"collections.OrderedDict", "collections.Counter"})
TABLES_FILLED_LATER = frozenset(
    {
        "addict.addict.Dict",
        "collections.defaultdict",
        "easydict.EasyDict",
        "lightning.fabric.utilities.data.AttributeDict",
        "lightning.pytorch.utilities.parsing.AttributeDict",
        "lightning_fabric.utilities.data.AttributeDict",
        "pytorch_lightning.utilities.parsing.AttributeDict",
        "yacs.config.CfgNode",
    }
)


def is_inert(name: str) -> bool:
    """True if a stand-in may be made for the full name `name`."""
    patterns = (_CLASS, _NUMPY, _TORCH, _PANDAS)
    return name in _STANDARD_LIBRARY or any(each.fullmatch(name) for each in patterns)
