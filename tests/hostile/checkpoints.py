"""Hostile checkpoints: bytes of a `mobilenet.pth`, each handed in within an otherwise right zip."""

import pickle
import struct
import zipfile
from functools import partial

import safetensors.torch
import torch
from torch import nn

from grader.types import Status
from tests.hostile.archives import MARK
from tests.hostile.case import Case
from tests.hostile.forged import (
    COMMAND,
    DEPTHWISE,
    EVIL,
    FIRST,
    SYSTEM,
    Calls,
    Edit,
    Make,
    altered,
    beside,
    carrying,
    crowd,
    deep,
    honest,
    hooked,
    laughs,
    legacy_attack,
    many_layers,
    one_tensor,
    quantised,
    repacked,
    script,
    second_zip,
    two_of_a_name,
    with_tensor,
    with_weights,
    without_type,
)
from tests.networks.mobilenet_v2.test_refused import (
    added,
    attribute,
    masked,
    mobilenet_v3,
    replaced,
    resnet,
    swapped,
    vgg,
)
from tests.sandbox.archives import archive, records_twice, zipped
from tests.sandbox.child.test_container import tar
from tests.sandbox.pickles import (
    EMPTY,
    built,
    called,
    dict_of,
    integer,
    name,
    new,
    stack_name,
    storage,
    tensor,
    text,
    tuple_of,
    whole,
)


def refused(name: str, make: Make, says: str) -> Case:
    """A checkpoint that is refused, with a part of the reason."""
    return Case(name=name, make=make, check="structure.lineage", says=says)


def measured(name: str, make: Make, says: str) -> Case:
    """A checkpoint whose weights are measured although it holds something else."""
    passed = Status.PASSED
    return Case(name=name, make=make, check="structure.lineage", says=says, status=passed)


def code(name: str, attack: bytes, says: str) -> Case:
    """Code beside a correct network."""
    return refused(f"code-{name}", partial(beside, attack), says)


def edited(name: str, edit: Edit, says: str) -> Case:
    """A network that was changed before it was saved."""
    return refused(name, partial(altered, edit), says)


def odd(name: str, edit: Edit, says: str) -> Case:
    """A network with an extra object, which is measured without it."""
    return measured(name, partial(altered, edit), says)


IDENTITY, LINEAR = (name("torch.nn.modules.linear", kind) for kind in ("Identity", "Linear"))
REBUILD = name("torch._utils", "_rebuild_tensor_v2")
FROM_TYPE = name("torch._tensor", "_rebuild_from_type_v2")
SETSTATE = dict_of(("__setstate__", EMPTY))
GIGABYTES = struct.pack("<Q", 2 << 30)

CODE = (
    code("global-reduce", called(SYSTEM, COMMAND), "asks to load 'os.system'"),
    code("stack-global", called(stack_name("posix", "system"), COMMAND), "'posix.system'"),
    code("stack-global-dots", stack_name("collections", "OrderedDict.pop"), "OrderedDict.pop'"),
    code("inst", f"(S'touch {MARK}'\nios\nsystem\n".encode(), "'os.system'"),
    code("obj", f"(cos\nsystem\nS'touch {MARK}'\no".encode(), "'os.system'"),
    code("newobj", new(name("subprocess", "Popen"), COMMAND), "'subprocess.Popen'"),
    code(
        "newobj-ex",
        name("subprocess", "Popen") + tuple_of(COMMAND) + pickle.EMPTY_DICT + pickle.NEWOBJ_EX,
        "'subprocess.Popen'",
    ),
    code("build-class", built(LINEAR, SETSTATE), "is damaged (TypeError"),
    code("build-function", built(REBUILD, SETSTATE), "a Callable was given a state"),
    code(
        "build-slots",
        built(tensor(), tuple_of(pickle.NONE, dict_of(("offset", integer(-1000))))),
        "a RawTensor was given a state",
    ),
    code("build-setstate", built(new(IDENTITY), dict_of(("__setstate__", SYSTEM))), "'os.system'"),
    code("ext1", pickle.EXT1 + b"\x01", "is damaged (ValueError"),
    code("ext2", pickle.EXT2 + b"\x01\x02", "is damaged (ValueError"),
    code("ext4", pickle.EXT4 + b"\x01\x02\x03\x04", "is damaged (ValueError"),
    code("persistent", tuple_of(text("module"), SYSTEM) + pickle.BINPERSID, "'os.system'"),
    code("buffers", pickle.NEXT_BUFFER, "is damaged (pickle stream refers to out-of-band data"),
    code("eval", called(name("__builtin__", "eval"), text("1")), "'builtins.eval'"),
    code("getattr", called(name("builtins", "getattr"), IDENTITY), "'builtins.getattr'"),
    code(
        "getattr-method",
        called(name("builtins", "getattr"), new(IDENTITY), text("forward")),
        "Identity.forward, a method of a layer",
    ),
    code("path-method", name("pathlib", "Path.unlink"), "'pathlib.Path.unlink'"),
    code("numpy-module", name("numpy.random", "os.system"), "'numpy.random.os.system'"),
    code("pandas-reader", name("pandas", "read_pickle"), "'pandas.read_pickle'"),
    code("partial", name("functools", "partial"), "'functools.partial'"),
    code("torch-load", name("torch", "load"), "'torch.load'"),
    code("torch-hub", name("torch.hub", "load"), "'torch.hub.load'"),
    code("torch-storage", name("torch.storage", "_load_from_bytes"), "_load_from_bytes'"),
    code("torch-type", called(FROM_TYPE, IDENTITY, EMPTY), "'torch._tensor._rebuild_from_type_v2'"),
    code("numpy-load", name("numpy", "load"), "'numpy.load'"),
    code("notebook", name("__main__", "hook"), "'__main__.hook'"),
    edited("code-in-hook", hooked("_forward_hooks", Calls(print)), "'builtins.print'"),
    edited("code-in-attribute", carrying("", teacher=Calls(eval, "1")), "'builtins.eval'"),
    refused("code-before-1.6", legacy_attack, "'os.system'"),
)

BOMBS = (
    refused(
        "bomb-35-bytes",
        lambda: archive(whole(pickle.BYTEARRAY8, GIGABYTES)),
        "asks for more memory than any MobileNetV2 needs",
    ),
    refused("bomb-bytes", partial(beside, pickle.BINBYTES8 + GIGABYTES), "asks for more memory"),
    refused("bomb-frame", partial(beside, pickle.FRAME + GIGABYTES), "is damaged"),
    refused(
        "bomb-memo", partial(beside, pickle.NONE + pickle.LONG_BINPUT + b"\xff" * 4), "more memory"
    ),
    refused("bomb-memo-text", partial(beside, pickle.NONE + b"p99999999999\n"), "more memory"),
    refused(
        "bomb-printed",
        lambda: archive(whole(called(name("builtins", "str"), laughs(20)))),
        "holds neither a network nor a state_dict",
    ),
    refused(
        "bomb-depth", lambda: archive(whole(deep(1_000_000))), "holds neither a network nor a state"
    ),
    refused(
        "bomb-depth-hashed",
        lambda: archive(whole(pickle.EMPTY_DICT + deep(1_000_000) + pickle.NONE + pickle.SETITEM)),
        "mobilenet.pth",  # where the system's stack is short, a crash of the reader
    ),
    edited("bomb-layers", many_layers, "has more than 2000 layers"),
    edited(
        "bomb-linear-called",
        carrying("", teacher=Calls(nn.Linear, 30_000, 30_000)),
        "Linear with arguments",
    ),
    refused(
        "bomb-linear",
        partial(one_tensor, (30_000, 30_000), (30_000, 1), stored=storage(elements=900_000_000)),
        "is missing the bytes of features.0.0.weight",
    ),
    refused("bomb-records", partial(crowd, 133_000), "holds more records than any MobileNetV2"),
    refused(
        "bomb-records-shared",
        lambda: records_twice(whole(dict_of(("weight", tensor()))), 900, 1 << 20),
        "holds records that share the same bytes",
    ),
    refused(
        "bomb-deflated",
        lambda: zipped({"a/data.pkl": whole(), "a/data/0": bytes(1 << 24)}, zipfile.ZIP_DEFLATED),
        "compressed or encrypted records",
    ),
)

TENSORS = (
    refused("stride-0", partial(one_tensor, (30_000, 30_000), (0, 0)), "reaches beyond the stored"),
    refused("stride-large", partial(one_tensor, (2,), (4,)), "reaches beyond the stored"),
    refused("stride-negative", partial(one_tensor, (4,), (-1,)), "not described by"),
    refused("shape-negative", partial(one_tensor, (-4,)), "not described by"),
    refused("shape-large", partial(one_tensor, (5,)), "reaches beyond the stored"),
    refused("shape-and-stride", partial(one_tensor, (2, 2), (1,)), "invalid shape"),
    refused("offset", partial(one_tensor, (2,), offset=3), "reaches beyond the stored"),
    refused("offset-huge", partial(one_tensor, (1,), offset=1 << 62), "reaches beyond the stored"),
    refused("offset-negative", partial(one_tensor, offset=-1), "not described by"),
    refused("storage-missing", partial(one_tensor, stored=storage("7")), "is missing the bytes"),
    refused("storage-short", partial(one_tensor, stored=storage(elements=5)), "is missing"),
    edited("size-mismatched", with_tensor(lambda weight: weight[:, :2]), "does not fit"),
    edited("nan", with_weights(float("nan")), "classifier.1.bias holds NaN or infinity"),
    edited("infinity", with_weights(float("inf")), "classifier.1.bias holds NaN or infinity"),
    edited("nan-mean", with_weights(float("nan"), f"{FIRST[:-1]}1.running_mean"), "holds NaN"),
    edited(
        "negative-variance", with_weights(-1.0, f"{FIRST[:-1]}1.running_var"), "negative variance"
    ),
    edited("half", lambda network: network.half(), "is float16, not float32"),
    edited("double", lambda network: network.double(), "is float64, not float32"),
    edited("bfloat", lambda network: network.bfloat16(), "holds bfloat16"),
    edited("complex", with_tensor(lambda weight: weight + 0j), "'torch.ComplexFloatStorage'"),
    edited("sparse", with_tensor(torch.Tensor.to_sparse), "'torch._utils._rebuild_sparse_tensor'"),
    edited("quantised", with_tensor(quantised), "'torch._utils._rebuild_qtensor'"),
    edited("twice-of-a-name", two_of_a_name, f"has two tensors named {FIRST}.weight"),
)

NETWORKS = (
    edited(
        "grey",
        lambda network: replaced(network, FIRST, nn.Conv2d(1, 3, 3, 2, 1, bias=False)),
        "features.0.0.weight does not fit the layers around it",
    ),
    edited(
        "thousand-classes",
        lambda network: replaced(network, "classifier.1", nn.Linear(5, 1000)),
        "1000 output classes",
    ),
    edited("mobilenet-v3", lambda _: mobilenet_v3(), "holds a MobileNetV3, not a MobileNetV2"),
    edited("resnet", lambda _: resnet(), "holds a ResNet, not a MobileNetV2"),
    edited("vgg", lambda _: vgg(), "holds a VGG, not a MobileNetV2"),
    edited("relu", lambda m: replaced(m, "features.0.2", nn.ReLU()), "features.0.2 is a ReLU"),
    edited("masked", masked, "is masked by torch.nn.utils.prune"),
    edited("no-layers", without_type, "something other than a dict"),
    edited("order", swapped("features.0", "1", "2"), "the layers of features.0 differ"),
    edited("order-features", swapped("features", "2", "4"), "different order"),
    edited("added", added("classifier", "2", nn.Linear(10, 10)), "also has classifier.2.weight"),
    edited("stride", attribute(DEPTHWISE, stride=(1, 1)), "different stride"),
    edited("padding", attribute(FIRST, padding=(0, 0)), "different padding"),
    edited("dilation", attribute(FIRST, dilation=(2, 2)), "different dilation"),
    edited("eps", attribute("features.0.1", eps=1e9), "different eps"),
    edited("clipped", attribute("features.0.2", max_val=0.0), "different max_val"),
    edited("adds", attribute("features.2", use_res_connect=True), "different use_res_connect"),
)

FILES = (
    Case(name="no-bytes", make=bytes, check="intake.layout", says="model/mobilenet.pth is empty"),
    refused("cut", lambda: altered(nn.Module.eval)[:-30_000], "is damaged"),
    refused("cut-pickle", lambda: archive(whole(dict_of(("weight", tensor())))[:-9]), "is damaged"),
    refused("cut-before-1.6", lambda: altered(nn.Module.eval, today=False)[:9_000], "is damaged"),
    refused("torchscript", script, "is a TorchScript archive"),
    refused("exported", lambda: zipped({"m/archive_format": b"pt2"}), "is a torch.export archive"),
    refused("tar", tar, "is a tar archive, as torch.save wrote before 2017"),
    refused("pickled", lambda: pickle.dumps({"weight": 1}), "not one that torch.save wrote"),
    refused(
        "safetensors",
        lambda: safetensors.torch.save(honest().state_dict()),
        "is a safetensors file",
    ),
    refused("onnx", lambda: b"\x08\x08\x12\x07pytorch\x1a\x052.0.0", "is an ONNX model"),
    refused(
        "two-pickles", partial(repacked, lambda r: r.update({"DATA.PKL": b""})), "the same name"
    ),
    refused("two-zips", lambda: second_zip(honest()), "holds more than one zip"),
)

CASES: tuple[Case, ...] = (
    *CODE,
    *BOMBS,
    *TENSORS,
    *NETWORKS,
    *FILES,
    odd("own-forward", carrying("", forward=nn.Identity()), "the model has its own forward"),
)

# They would be measured as that last one is, at some seconds each; so these are only read.
READ_ONLY: tuple[Case, ...] = (
    measured(
        "nested-pickles",
        partial(repacked, lambda r: r.update({"data/999": EVIL, "extra.pkl": EVIL})),
        "",
    ),
    *(
        odd(
            f"own-{each}",
            carrying("", **{each: nn.Identity()}),
            f"the model has its own {each}",
        )
        for each in ("_call_impl", "parameters", "modules", "eval", "features", "named_modules")
    ),
    *(
        odd(f"own{kind}", hooked(kind, nn.Identity()), f"features.18 has its own {kind}")
        for kind in (
            "_forward_hooks",
            "_forward_pre_hooks",
            "_backward_hooks",
            "_state_dict_hooks",
            "_load_state_dict_pre_hooks",
            "_forward_hooks_with_kwargs",
        )
    ),
    *(
        odd(f"says-{each}", attribute(place, **{each: 1}), f"{place} has {each}=1")
        for place, each in (
            (FIRST, "in_channels"),
            (FIRST, "out_channels"),
            (DEPTHWISE, "groups"),
            ("features.0.1", "num_features"),
            ("classifier.1", "in_features"),
        )
    ),
    odd("own-weight", carrying(FIRST, weight=torch.zeros(1)), f"{FIRST} has its own weight"),
    odd("own-text", carrying("", note="__import__('os')"), "the model has its own note"),
)
