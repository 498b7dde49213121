"""`grader view`: show a hand-in's rebuilt network in Netron."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import netron
import typer

from grader.commands.console import screen
from grader.commands.options import Browse, LabName
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import network_lab
from grader.labs.network_lab import NetworkLab

app = typer.Typer(add_completion=False)


@app.command()
def view(
    path: Annotated[Path, typer.Argument(help="A zip or an unzipped hand-in.")],
    lab: LabName = DEFAULT_LAB,
    browse: Browse = True,
) -> None:
    """Show a hand-in's rebuilt network in Netron until Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="grader-") as work:
        serve(path, network_lab(lab), Path(work), browse, screen.print)


def serve(
    source: Path, lab: NetworkLab, work: Path, browse: bool, say: Callable[[str], None]
) -> None:
    """Serve the network of `source` on loopback until Ctrl-C; `say` gets the address.

    Netron gets the network that the grader rebuilt, saved as the lab saves it, never a file of the
    student. Raises `GraderError` if there is no network to show.
    """
    # torch takes two seconds to import: --help and usage errors must not wait for it.
    from grader.networks.save_rebuilt import save_rebuilt

    served = work / "netron"  # the server serves every file in this folder
    served.mkdir()
    save_rebuilt(source, lab, work / "hand-in", served / "rebuilt.pth")
    logging.getLogger("netron").setLevel(logging.WARNING)
    address = ("127.0.0.1", 0)
    host, port = netron.start(str(served / "rebuilt.pth"), address=address, browse=browse)
    say(f"http://{host}:{port}  (press Ctrl-C to stop)")
    try:
        netron.wait()
    finally:
        netron.stop()
