"""`grader device …`: the boards that programs run on."""

import hashlib
import hmac
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from grader.commands.console import problems, screen, tell
from grader.commands.options import PoolFile
from grader.devices.bench import bench
from grader.devices.pool import DeviceSpec, load_pool
from grader.devices.probe import Probe, probe
from grader.devices.reach import connect
from grader.devices.session import Programs
from grader.devices.trust import keep, look
from grader.errors import GraderError, HarnessError, Skip
from grader.files import replace_file
from grader.labs import DEFAULT_LAB
from grader.labs.spec import load_lab
from grader.report.terminal.device import bench_table, pool_table
from grader.report.terminal.device import markdown as markdown_of
from grader.report.terminal.device import table as table_of

NOT_ALL = 1

app = typer.Typer(help="Boards to measure on.", no_args_is_help=True, add_completion=False)

Devices = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DEVICE]...", help="Names, labels or addresses; without, the whole pool."
    ),
]


@app.command("list")
def device_list(pool: PoolFile = None) -> None:
    """List the pool."""
    screen.print(pool_table(load_pool(pool).chosen(["all"])))


@app.command("probe")
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
    missed = 0
    for number, spec in enumerate(_chosen(devices, pool)):
        try:
            probe = _probe(spec)
        except (GraderError, HarnessError) as error:
            tell(error)
            missed += 1
            continue
        if markdown:
            typer.echo(("\n" if number else "") + markdown_of(probe), nl=False)
        else:
            screen.print(table_of(probe))
    if missed:
        raise typer.Exit(NOT_ALL)


@app.command("bench")
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
    chosen = _chosen(devices, pool)
    found = []
    with tempfile.TemporaryDirectory(prefix="grader-") as work:
        programs = _programs(program, lab, Path(work))
        for spec in chosen:
            try:
                found.append(bench(spec, programs))
            except (GraderError, HarnessError, Skip) as error:
                tell(error)
    if found:
        screen.print(bench_table(found))
    if len(found) < len(chosen):
        raise typer.Exit(NOT_ALL)


@app.command("trust")
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


def _programs(program: Path | None, lab: str, work: Path) -> Programs:
    """The lab's unpruned network, written to `work`, and `program` beside it, or the same again."""
    if program is not None and not program.is_file():
        raise GraderError(f"{program} is no file.", help="Give the path of a .pte.")
    # torch takes two seconds, and of these commands this one alone needs it.
    from grader.evaluators.latency import unpruned_program

    unpruned = work / "unpruned.pte"
    replace_file(unpruned, unpruned_program(load_lab(lab)))
    return Programs(
        program=program or unpruned,
        unpruned=unpruned,
        unpruned_sha256=hashlib.sha256(unpruned.read_bytes()).hexdigest(),
    )


def _chosen(devices: list[str] | None, pool: Path | None) -> tuple[DeviceSpec, ...]:

    return load_pool(pool).chosen(devices or ["all"])


def _probe(spec: DeviceSpec) -> Probe:

    with connect(spec) as connection:
        return probe(connection)
