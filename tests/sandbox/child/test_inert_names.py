"""The names that may stand in a checkpoint: training scripts' tables, and no functions."""

import argparse
import collections
import datetime
import decimal
import io
import pathlib
import pickle
import random
import types
import uuid

import numpy as np
import pytest
import torch
from torch import nn

from grader.sandbox.child.inert_names import is_inert
from grader.sandbox.child.inert_pickle import InertUnpickler, RefusedGlobal

SGD = torch.optim.SGD(nn.Linear(1, 1).parameters(), lr=0.1)


@pytest.mark.parametrize("protocol", [2, 4])
@pytest.mark.parametrize(
    "beside",
    [
        argparse.Namespace(lr=0.1, out=pathlib.Path("out")),
        collections.ChainMap({"a": 1}),
        collections.Counter({3: 1, 5: 2}),
        collections.UserDict(a=1),
        collections.defaultdict(list, {"loss": [0.5]}),
        collections.deque([1.0, 2.0], maxlen=5),
        datetime.datetime.now(datetime.UTC),
        datetime.timedelta(3),
        decimal.Decimal("1.2"),
        pathlib.PureWindowsPath("c:/x"),
        random.Random(3),  # noqa: S311 - not for cryptography
        types.SimpleNamespace(a=1),
        uuid.uuid4(),
        b"bytes",
        bytearray(b"bytes"),
        3j,
        range(3),
        slice(1),
        frozenset({1}),
        object(),
        np.float64(92.3),
        np.arange(3),
        np.array([{"x": 1}], dtype=object),
        np.random.RandomState(1),
        np.random.default_rng(1),
        np.dtype("float32"),
        torch.float32,
        torch.optim.lr_scheduler.MultiStepLR(SGD, [3, 5]).state_dict(),
        torch.optim.lr_scheduler.CosineAnnealingLR(SGD, 10),
        torch.amp.GradScaler("cpu"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_training_scripts_save_beside_the_weights_is_read(
    beside: object, protocol: int
) -> None:
    """It becomes stand-ins and tables, whatever it was; what follows it is still read."""
    buffer = io.BytesIO()
    pickler = pickle.Pickler(buffer, protocol)
    # torch.save keeps storages beside the pickle; here a stand-in for them is enough.
    pickler.persistent_id = lambda value: (  # type: ignore[method-assign]  # as torch.save does
        ("storage", torch.FloatStorage, "0", "cpu", 1) if torch.is_storage(value) else None
    )
    pickler.dump([beside, "after"])
    found = InertUnpickler(io.BytesIO(buffer.getvalue())).load()
    assert isinstance(found, list)
    assert found[1] == "after"
    inert = ("grader.sandbox.child.inert_pickle", "builtins")
    assert type(found[0]).__module__ in inert or type(found[0]).__bases__[0].__name__ == "StandIn"


@pytest.mark.parametrize(
    "name",
    [
        "os.system",
        "builtins.eval",
        "builtins.__import__",
        "pathlib.os.system",
        "pathlib.Path.unlink",
        "numpy.load",
        "numpy.random.os.system",
        "pandas.read_pickle",
        "pandas.io.pickle.read_pickle",
        "torch.load",
        "torch.hub.load",
        "torch.int_repr",
        "torch.amp.grad_scaler.os.system",
        "collections.namedtuple",
        "datetime.sys.exit",
        "functools.partial",
        "operator.attrgetter",
        "argparse._sys.exit",
        "types.FunctionType",
        "types.CodeType",
    ],
)
def test_functions_and_what_leads_to_them_are_refused(name: str) -> None:
    """A stand-in would be inert, but the same file would run code elsewhere."""
    assert not is_inert(name)
    module, _, attribute = name.rpartition(".")
    with pytest.raises(RefusedGlobal):
        InertUnpickler(io.BytesIO(f"c{module}\n{attribute}\n.".encode())).load()
