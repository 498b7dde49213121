"""`grader view`: the network rebuilt from a hand-in, opened in Netron."""

import logging
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import netron
import typer

from grader.commands.console import screen
from grader.commands.options import Browse, LabName
from grader.errors import Fault, GraderError
from grader.intake import receive
from grader.labs import DEFAULT_LAB
from grader.labs.spec import LabSpec, load_lab
from grader.sandbox import best_isolation
from grader.types import Role

app = typer.Typer(add_completion=False)


@app.command()
def view(
    path: Annotated[Path, typer.Argument(help="A zip or an unzipped hand-in.")],
    lab: LabName = DEFAULT_LAB,
    browse: Browse = True,
) -> None:
    """Open a hand-in's rebuilt network in Netron, until Ctrl-C."""
    with tempfile.TemporaryDirectory(prefix="grader-") as work:
        serve(path, load_lab(lab), Path(work), browse, screen.print)


def serve(source: Path, lab: LabSpec, work: Path, browse: bool, say: Callable[[str], None]) -> None:
    """Serve the network of `source` on loopback until Ctrl-C; `say` is told the address.

    Netron is given our own rebuilt network, saved as the lab saves it, never a file of the
    student's. Raises `GraderError` where there is no network to show.
    """
    served = work / "netron"  # whatever lies in this folder can be fetched from the server
    served.mkdir()
    save_rebuilt(source, lab, work / "hand-in", served / "rebuilt.pth")
    logging.getLogger("netron").setLevel(logging.WARNING)
    address = ("127.0.0.1", 0)
    host, port = netron.start(str(served / "rebuilt.pth"), address=address, browse=browse)
    say(f"http://{host}:{port}  (Ctrl-C ends it)")
    try:
        netron.wait()
    finally:
        netron.stop()


def save_rebuilt(source: Path, lab: LabSpec, work: Path, target: Path) -> None:
    """Save the network rebuilt from a hand-in as `target`. Raises `GraderError`."""
    # torch takes two seconds, which --help and a usage error need not wait for.
    import torch

    from grader.networks.read_checkpoint import read_checkpoint

    submission, measurements = receive(source, work, lab)
    checkpoint = submission.file(Role.CHECKPOINT)
    if checkpoint is None:
        fault = next((each for each in measurements if each.reason), None)
        reason = (fault and fault.reason) or "There is no checkpoint to view."
        raise GraderError(reason, help=fault.help if fault else None)
    try:
        network = read_checkpoint(checkpoint, lab, best_isolation()).network
    except Fault as fault:
        raise GraderError(fault.reason, help=fault.help) from fault
    torch.save(network.module, target)
