"""The boards that programs run on: the commands `grader device …`."""

import hashlib
import hmac
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from grader.errors import GraderError, HarnessError, Skip
from grader.labs import DEFAULT_LAB

if TYPE_CHECKING:
    from grader.devices.pool import DeviceSpec
    from grader.devices.probe import Probe
    from grader.devices.session import Programs

NOT_ALL = 1

device_app = typer.Typer(help="Boards to measure on.", no_args_is_help=True)
screen = Console()
problems = Console(stderr=True)

PoolFile = Annotated[
    Path | None,
    typer.Option(
        "--devices",
        envvar="GRADER_DEVICES",
        metavar="FILE",
        help="The pool; else ./devices.toml, else the user's.",
    ),
]
Devices = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DEVICE]...", help="Names, labels or addresses; without, the whole pool."
    ),
]


@device_app.command("list")
def device_list(pool: PoolFile = None) -> None:
    """List the pool."""
    from grader.devices.pool import load_pool
    from grader.report.device import pool_table

    screen.print(pool_table(load_pool(pool).chosen(["all"])))


@device_app.command("probe")
def device_probe(
    devices: Devices = None,
    pool: PoolFile = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="A table to paste into a lab report.")
    ] = False,
) -> None:
    """Show what boards are, and whether their timings can be trusted now.

    Exit codes: 0 every board answered, 1 not every one did, 2 wrong usage.
    """
    from grader.report import device

    missed = 0
    for number, spec in enumerate(_chosen(devices, pool)):
        try:
            probe = _probe(spec)
        except (GraderError, HarnessError) as error:
            _tell(error)
            missed += 1
            continue
        if markdown:
            typer.echo(("\n" if number else "") + device.markdown(probe), nl=False)
        else:
            screen.print(device.table(probe))
    if missed:
        raise typer.Exit(NOT_ALL)


@device_app.command("bench")
def device_bench(
    devices: Devices = None,
    pool: PoolFile = None,
    program: Annotated[
        Path | None, typer.Option("--program", metavar="FILE", help="A .pte to time beside it.")
    ] = None,
    lab: Annotated[
        str, typer.Option("--lab", metavar="NAME", help="Whose unpruned network.")
    ] = DEFAULT_LAB,
) -> None:
    """Time the lab's unpruned network on boards, one after the other.

    Exit codes: 0 every board told its times, 1 not every one did, 2 wrong usage.
    """
    from grader.devices.bench import bench
    from grader.report.device import bench_table

    chosen = _chosen(devices, pool)
    found = []
    with tempfile.TemporaryDirectory(prefix="grader-") as work:
        programs = _programs(program, lab, Path(work))
        for spec in chosen:
            try:
                found.append(bench(spec, programs))
            except (GraderError, HarnessError, Skip) as error:
                _tell(error)
    if found:
        screen.print(bench_table(found))
    if len(found) < len(chosen):
        raise typer.Exit(NOT_ALL)


@device_app.command("trust")
def device_trust(
    wanted: Annotated[str, typer.Argument(metavar="DEVICE", help="A name, or an address.")],
    pool: PoolFile = None,
    fingerprint: Annotated[
        str | None,
        typer.Option(metavar="SHA256:…", help="Trust this key only, and ask nothing."),
    ] = None,
) -> None:
    """Show a board's key, and trust it from now on if you say that it is the board's.

    Exit codes: 0 it is trusted, 1 you said no, 2 wrong usage, or another key is trusted already.
    """
    from grader.devices.pool import load_pool
    from grader.devices.trust import keep, look

    for spec in load_pool(pool).chosen([wanted]):
        shown = look(spec)
        screen.print(
            f"{shown.device} ({shown.entry}) shows the key\n  {shown.fingerprint} ({shown.kind})",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        if shown.state == "trusted":
            screen.print("It is trusted already.")
            continue
        if not _is_the_boards(shown.fingerprint, shown.kind, fingerprint):
            raise typer.Exit(NOT_ALL)
        keep(shown)
        screen.print(f"Added to {shown.file}.", highlight=False, markup=False, soft_wrap=True)


def _is_the_boards(shown: str, kind: str, expected: str | None) -> bool:
    if expected is not None:
        if hmac.compare_digest(shown, expected):
            return True
        raise GraderError("That is another key than the one expected.")
    file = f"/etc/ssh/ssh_host_{kind.removeprefix('ssh-').partition('-')[0]}_key.pub"
    problems.print(f"On the board itself, `ssh-keygen -lf {file}` prints the same if it is.")
    if not sys.stdin.isatty():
        raise GraderError(
            "Nobody is here to say whether it is.",
            help="Compare it, and give it: --fingerprint SHA256:….",
        )
    return typer.confirm("Is it the board's?", err=True)


def _programs(program: Path | None, lab: str, work: Path) -> "Programs":
    """The lab's unpruned network, written to `work`, and `program` beside it, or the same again."""
    if program is not None and not program.is_file():
        raise GraderError(f"{program} is no file.", help="Give the path of a .pte.")
    from grader.devices.session import Programs
    from grader.evaluators.latency import unpruned_program
    from grader.inference.xnnpack import save
    from grader.lab import load_lab

    unpruned = work / "unpruned.pte"
    save(unpruned_program(load_lab(lab)), unpruned)
    return Programs(
        program=program or unpruned,
        unpruned=unpruned,
        unpruned_sha256=hashlib.sha256(unpruned.read_bytes()).hexdigest(),
    )


def _chosen(devices: list[str] | None, pool: Path | None) -> "tuple[DeviceSpec, ...]":
    from grader.devices.pool import load_pool

    return load_pool(pool).chosen(devices or ["all"])


def _probe(spec: "DeviceSpec") -> "Probe":
    from grader.devices.probe import probe
    from grader.devices.reach import connect

    with connect(spec) as connection:
        return probe(connection)


def _tell(error: GraderError | HarnessError | Skip) -> None:
    from grader.report.text import inert

    problems.print(inert(str(error)), highlight=False, markup=False)
    if not isinstance(error, HarnessError) and error.help:
        problems.print(inert(error.help), highlight=False, markup=False)
