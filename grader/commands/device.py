"""`grader device …`: lists, probes, times and trusts devices."""

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
from grader.devices.trust import ShownKey, show_key, trust_key
from grader.errors import GraderError, HarnessError, Skip
from grader.files import replace_file
from grader.labs import DEFAULT_LAB
from grader.labs.kinds import network_lab
from grader.report.terminal.device import bench_table, pool_table
from grader.report.terminal.device import markdown as markdown_of
from grader.report.terminal.device import table as table_of

SOME_FAILED = 1

app = typer.Typer(
    help="List, probe, time and trust devices.", no_args_is_help=True, add_completion=False
)

Devices = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[DEVICE]...", help="Names, labels or addresses; default: the whole pool."
    ),
]


@app.command("list")
def device_list(pool: PoolFile = None) -> None:
    """List the devices in the pool."""
    screen.print(pool_table(load_pool(pool).chosen(["all"])))


@app.command("probe")
def device_probe(
    devices: Devices = None,
    pool: PoolFile = None,
    markdown: Annotated[
        bool, typer.Option("--markdown", help="Print a Markdown table for a lab report.")
    ] = False,
) -> None:
    """Describe devices, with advice for stable timings.

    Exit codes: 0 every device answered, 1 some did not, 2 wrong usage.
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
        raise typer.Exit(SOME_FAILED)


@app.command("bench")
def device_bench(
    devices: Devices = None,
    pool: PoolFile = None,
    program: Annotated[
        Path | None,
        typer.Option("--program", metavar="FILE", help="A .pte file to time beside it."),
    ] = None,
    lab: Annotated[
        str, typer.Option("--lab", metavar="NAME", help="The lab whose unpruned network is timed.")
    ] = DEFAULT_LAB,
) -> None:
    """Time the lab's unpruned network on devices, one after the other.

    Exit codes: 0 every device reported times, 1 some did not, 2 wrong usage.
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
        raise typer.Exit(SOME_FAILED)


@app.command("trust")
def device_trust(
    wanted: Annotated[str, typer.Argument(metavar="DEVICE", help="A name or an address.")],
    pool: PoolFile = None,
    fingerprint: Annotated[
        str | None,
        typer.Option(
            metavar="SHA256:…",
            help="Accept only this key: trust it without confirmation, or compare a trusted one.",
        ),
    ] = None,
) -> None:
    """Show the host key of a device, and trust it after your confirmation.

    Exit codes: 0 it is trusted, 1 you did not confirm, 2 wrong usage, or the key is another one
    than the trusted one or --fingerprint.
    """
    for spec in load_pool(pool).chosen([wanted]):
        shown = show_key(spec)
        screen.print(
            f"The host key of {shown.device} ({shown.entry}) is\n"
            f"  {shown.fingerprint} ({shown.kind})",
            highlight=False,
            markup=False,
            soft_wrap=True,
        )
        if fingerprint is not None:
            _compare(shown, fingerprint)
        if shown.state == "trusted":
            screen.print("It is already trusted.")
            continue
        if fingerprint is None and not _is_confirmed(shown, spec):
            raise typer.Exit(SOME_FAILED)
        trust_key(shown)
        screen.print(f"Added to {shown.file}.", highlight=False, markup=False, soft_wrap=True)


def _compare(shown: ShownKey, expected: str) -> None:
    """Raise `GraderError` if the key that the device presents is not the `expected` one."""
    if hmac.compare_digest(shown.fingerprint.encode(), expected.strip().encode()):
        return
    help_ = "Run `ssh-keygen -lf` on the device itself, and compare."
    if shown.state == "trusted":
        help_ = (
            "This other key is trusted now. If it is not the device's, remove it: "
            f'`ssh-keygen -R "{shown.entry}" -f {shown.file}`.'
        )
    raise GraderError("The host key differs from --fingerprint.", help=help_)


def _is_confirmed(shown: ShownKey, spec: DeviceSpec) -> bool:
    kind = shown.kind.removeprefix("ssh-").partition("-")[0]
    file = f"/etc/ssh/ssh_host_{kind}_key.pub"
    problems.print(f"Compare it: run `ssh-keygen -lf {file}` on the device itself.")
    if not sys.stdin.isatty():
        raise GraderError(
            "Cannot ask for confirmation: stdin is not a terminal.",
            help=f"Compare the key, then run `{spec.trust_command} --fingerprint SHA256:…`.",
        )
    return typer.confirm("Is this the key of the device?", err=True)


def _programs(program: Path | None, lab: str, work: Path) -> Programs:
    """Write the lab's unpruned network to `work`; return it with `program`, or with itself."""
    if program is not None and not program.is_file():
        raise GraderError(f"{program} is not a file.", help="Give the path of a .pte file.")
    # They import torch (two seconds), which only this command needs.
    from grader.evaluators.latency import unpruned_program

    unpruned = work / "unpruned.pte"
    try:
        replace_file(unpruned, unpruned_program(network_lab(lab)))
    except Skip as skip:
        raise GraderError(skip.reason, help=skip.help) from skip
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
