import queue
import threading
import urllib.request
from collections.abc import Callable
from pathlib import Path

import netron
import pytest

from grader.commands import view as viewer
from grader.labs.kinds import network_lab
from tests.small_networks import saved, small, zipped

pytestmark = pytest.mark.system


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
        viewer.serve(source, network_lab(), tmp_path, browse=False, say=said.put)

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
