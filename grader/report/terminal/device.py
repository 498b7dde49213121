"""Tables of devices, for a terminal and for a lab report."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from grader import text
from grader.devices.bench import BenchResult
from grader.devices.health import Clock, Health
from grader.devices.pool import DeviceSpec
from grader.devices.probe import Probe
from grader.report.columns.cells import ABSENT
from grader.report.facts import BUSY, BUSY_MARK, busy_mark
from grader.report.terminal.class_table import to_text

# Processor features that the speed of a network depends on: Arm's, then x86's.
SHOWN_FEATURES = (
    *("neon", "asimd", "asimdhp", "asimddp", "i8mm", "bf16", "sve", "sve2", "sme"),
    *("sse4_2", "avx", "f16c", "fma", "avx2", "avx_vnni", "avx512f", "avx512_vnni"),
    *("avx512_bf16", "amx_tile"),
)
UNKNOWN = "-"


def render(probe: Probe, width: int = 80, color: bool = False) -> str:
    """Return the device as text for a terminal of `width` columns."""
    return to_text(table(probe), width, color)


def table(probe: Probe) -> RenderableType:
    """Return the description of the device, with advice for stable timings below it."""
    grid = Table(title=text.inert(probe.device), title_justify="left", show_header=False)
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts(probe):
        grid.add_row(name, text.inert(value) if value != UNKNOWN else ABSENT)
    return Group(grid, *(Text(text.inert(each)) for each in probe.advice))


def markdown(probe: Probe) -> str:
    """Return the same as a Markdown table for a lab report."""
    lines = [f"| {_cell(probe.device)} | |", "| --- | --- |"]
    lines += [f"| {name} | {_cell(value)} |" for name, value in facts(probe)]
    return "\n".join(lines) + "\n"


def pool_table(devices: Sequence[DeviceSpec]) -> RenderableType:
    """Return a table of the pool, one row per device."""
    listed = Table("Device", "Address", "Labels", "Runner", box=None, pad_edge=False)
    for device in devices:
        listed.add_row(
            device.name, device.address, ", ".join(device.labels) or ABSENT, device.runner or ABSENT
        )
    return listed


def bench_table(results: Sequence[BenchResult]) -> RenderableType:
    """Return a table of latencies in milliseconds on one thread, one row per device."""
    listed = Table(box=None, pad_edge=False)
    for name in ("Device", "p50 ms", "p90", "p99", "Unpruned p50", "Speed-up", "°C", "Throttled"):
        listed.add_column(name, justify="left" if name == "Device" else "right")
    for each in results:
        found = each.latency
        numbers = (found.p50, found.p90, found.p99, found.unpruned_p50, found.speedup)
        listed.add_row(
            each.device,
            *(ABSENT if it is None else f"{busy_mark(found)}{it:.2f}" for it in numbers),
            _temperatures(each.before, each.after),
            ABSENT if each.throttled is None else "yes" if each.throttled else "no",
        )
    if any(each.latency.busy for each in results):
        return Group(listed, Text(f"{BUSY_MARK} {BUSY}."))
    return listed


def _temperatures(before: Health, after: Health) -> RenderableType:
    if before.temperature_c is None or after.temperature_c is None:
        return ABSENT
    return f"{before.temperature_c:.0f} to {after.temperature_c:.0f}"


def facts(probe: Probe) -> tuple[tuple[str, str], ...]:
    """Return the name and value of every line; `-` if the device does not report it."""
    return tuple((name, value or UNKNOWN) for name, value in _facts(probe))


def _facts(probe: Probe) -> Iterator[tuple[str, str | None]]:
    yield "model", probe.model
    yield "system", probe.os
    yield "kernel", _kernel(probe)
    yield "processor", _processor(probe)
    yield "features", " ".join(each for each in SHOWN_FEATURES if each in probe.features)
    yield "memory", _size(probe.memory_bytes)
    yield "disk, free", _size(probe.disk_free_bytes)
    yield from _of_health(probe.health)
    yield "Python", probe.python
    yield "ExecuTorch", probe.executorch
    yield "PyTorch", probe.torch
    if probe.runner:
        yield "runner", probe.runner
    yield from probe.extras
    yield "time on device", probe.taken_at


def _kernel(probe: Probe) -> str | None:
    if probe.kernel is None:
        return None
    bits = f", {probe.bits}-bit programs" if probe.bits else ""
    return f"{probe.kernel} {probe.architecture or ''}".rstrip() + bits


def _processor(probe: Probe) -> str | None:
    cores = text.counted(probe.cores, "1 core", "{count} cores") if probe.cores else None
    return ", ".join(each for each in (probe.cpu, cores) if each)


def _size(count: int | None) -> str | None:
    return None if count is None else text.size(count)


def _of_health(health: Health) -> Iterator[tuple[str, str | None]]:
    yield "clock", "; ".join(_clock(each) for each in health.clocks)
    warm = health.temperature_c
    yield "temperature", None if warm is None else f"{warm:.1f} °C"
    throttling = health.throttling
    if throttling is None:
        yield "throttled", None
        return
    now = ", ".join(throttling.now) or "no"
    before = ", ".join(throttling.since_boot)
    yield "throttled", f"now: {now}; since boot: {before}" if before else f"now: {now}"


def _clock(clock: Clock) -> str:
    frequencies = (clock.least_mhz, clock.now_mhz, clock.most_mhz)
    least, now, most = ("?" if each is None else f"{each:.0f}" for each in frequencies)
    governor = f", {clock.governor}" if clock.governor else ""
    return f"{now} MHz of {least} to {most}{governor} (processors {clock.processors})"


def _cell(value: str) -> str:
    return text.inert(value).replace("\\", "\\\\").replace("|", "\\|")
