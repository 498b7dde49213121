import queue
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

import netron
import pytest
import torch

from grader.commands import view as viewer
from grader.errors import GraderError
from grader.labs.spec import load_lab
from grader.networks.mobilenet_v2.vision import MobileNetV2
from grader.networks.save_rebuilt import save_rebuilt
from tests.small_networks import saved, small, state_dict, zipped

pytestmark = pytest.mark.system


def test_the_rebuilt_network_is_saved_as_the_lab_saves_one(tmp_path: Path) -> None:
    """`torch.load` reads a whole MobileNetV2 with the hand-in's weights."""
    target = tmp_path / "rebuilt.pth"
    save_rebuilt(zipped(tmp_path, state_dict(small())), load_lab(), tmp_path / "work", target)
    model = torch.load(target, weights_only=False)
    assert isinstance(model, MobileNetV2)
    assert not model.training
    theirs, ours = small().module.state_dict(), model.state_dict()
    assert theirs.keys() == ours.keys()
    assert all(
        torch.equal(ours[name], value)
        for name, value in theirs.items()
        if not name.endswith("num_batches_tracked")
    )


def test_a_hand_in_without_a_checkpoint_cannot_be_viewed(tmp_path: Path) -> None:
    """The reason and the help are those of the check that failed."""
    with pytest.raises(GraderError, match=r"mobilenet\.pth") as caught:
        save_rebuilt(zipped(tmp_path, None), load_lab(), tmp_path, tmp_path / "rebuilt.pth")
    assert caught.value.help
    assert not (tmp_path / "rebuilt.pth").exists()


def test_a_file_that_is_not_there_cannot_be_viewed(tmp_path: Path) -> None:
    """The message names a path that does not exist."""
    with pytest.raises(GraderError, match=r"none\.zip"):
        save_rebuilt(tmp_path / "none.zip", load_lab(), tmp_path, tmp_path / "rebuilt.pth")


def test_another_network_cannot_be_viewed(tmp_path: Path) -> None:
    """Another network is refused with the reason and help of the check."""
    source = zipped(tmp_path, b"garbage" * 10)
    with pytest.raises(GraderError, match=r"torch\.save") as caught:
        save_rebuilt(source, load_lab(), tmp_path, tmp_path / "rebuilt.pth")
    assert caught.value.help


@pytest.mark.slow
def test_netron_serves_the_rebuilt_network_and_nothing_else(tmp_path: Path) -> None:
    """The page and the model are there on loopback, the student's own file is not."""
    source = zipped(tmp_path, saved(small()))
    said: queue.Queue[str] = queue.Queue()
    ended: queue.Queue[BaseException | None] = queue.Queue()

    def serving(serve: Callable[[], None]) -> None:
        try:
            serve()
            ended.put(None)
        except BaseException as error:  # for the test to raise
            ended.put(error)
            said.put("")

    def serve() -> None:
        viewer.serve(source, load_lab(), tmp_path, browse=False, say=said.put)

    threading.Thread(target=serving, args=(serve,), daemon=True).start()
    address = said.get(timeout=120).split()[0]
    assert address.startswith("http://127.0.0.1:")
    assert b"rebuilt.pth" in fetched(address)
    assert fetched(f"{address}/data/rebuilt.pth")[:2] == b"PK"
    with pytest.raises(urllib.error.HTTPError, match="404"):
        fetched(f"{address}/data/../hand-in/checkpoint")
    assert [path.name for path in (tmp_path / "netron").iterdir()] == ["rebuilt.pth"]
    netron.stop()
    assert ended.get(timeout=30) is None


def fetched(address: str) -> bytes:
    """What the server answers."""
    with urllib.request.urlopen(address, timeout=30) as response:  # noqa: S310 - our own server
        content: bytes = response.read()
    return content
