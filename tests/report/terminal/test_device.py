"""A device on a terminal, and in a lab report."""

from dataclasses import replace

from grader.devices.bench import BenchResult
from grader.devices.pool import DeviceSpec
from grader.devices.probe import read_probe
from grader.evidence.latency import Timing
from grader.report.terminal import device
from grader.report.terminal.class_table import to_text
from tests.devices.sample_probes import JETSON, PI

PROBE = read_probe(
    DeviceSpec(name="desk"),
    tuple((name, value) for name, _, value in (line.partition("=") for line in PI.splitlines())),
)


def test_a_table_for_a_terminal() -> None:
    """Every fact on a line of its own, and the advice below."""
    shown = device.render(PROBE, width=100)
    assert "Raspberry Pi 4 Model B Rev 1.4" in shown
    assert "600 MHz" in shown
    assert "ondemand" in shown
    assert "48.2 °C" in shown
    assert "under-voltage, throttled" in shown
    assert "asimd" in shown
    assert PROBE.advice[0][:40] in shown


def test_a_table_for_a_lab_report() -> None:
    """Markdown of two columns, a line a fact."""
    written = device.markdown(PROBE).splitlines()
    assert written[:2] == ["| desk | |", "| --- | --- |"]
    assert "| processor | Cortex-A72, 4 cores |" in written
    assert "| memory | 4.0 GB |" in written
    assert all(line.startswith("| ") and line.endswith(" |") for line in written)
    assert len(written) == len(device.facts(PROBE)) + 2


def test_what_a_device_does_not_tell_is_a_dash() -> None:
    """Never a zero, and never left out."""
    bare = read_probe(DeviceSpec(name="bare"), ())
    told = dict(device.facts(bare))
    assert set(told.values()) == {"-"}
    assert set(told) <= set(dict(device.facts(PROBE)))


def test_what_only_a_jetson_tells_has_its_lines() -> None:
    """Its power mode, say."""
    pairs = (line.partition("=") for line in JETSON.splitlines())
    nano = read_probe(DeviceSpec(name="nano"), tuple((name, value) for name, _, value in pairs))
    told = dict(device.facts(nano))
    assert told["power mode"] == "5W"
    assert told["throttled"] == "-"
    assert told["runner"] == "/home/ta/xnn_executor_runner"


def test_a_device_cannot_forge_cells_or_drive_the_terminal() -> None:
    """What it prints is inert in both."""
    hostile = replace(PROBE, model="a | b \x1b[31m")
    assert "a \\| b \\\\x1b[31m |" in device.markdown(hostile)
    assert "\x1b" not in device.render(hostile)


TIMING = Timing(
    threads=1,
    p50=30.0,
    p90=31.0,
    p99=33.5,
    spread=0.1,
    unpruned_p50=90.0,
    speedup=3.0,
    busy=False,
)


def test_latencies_as_a_table() -> None:
    """A line a device; whether it was throttled only where it tells; a busy one is marked."""
    calm = replace(PROBE.health, temperature_c=51.4)
    results = BenchResult(
        device="desk",
        by="executorch",
        latency=TIMING,
        before=PROBE.health,
        after=calm,
        throttled=False,
    )
    shown = to_text(device.bench_table([results, replace(results, throttled=None)]), 100, False)
    values = ["desk", "30.00", "31.00", "33.50", "90.00", "3.00", "48", "to", "51"]
    assert [line.split() for line in shown.splitlines()[1:]] == [[*values, "no"], [*values, "-"]]
    disturbed = replace(results, latency=replace(TIMING, busy=True))
    marked = to_text(device.bench_table([results, disturbed]), 100, False).splitlines()
    assert marked[1].split() == [*values, "no"]
    assert marked[2].split()[1:6] == ["†30.00", "†31.00", "†33.50", "†90.00", "†3.00"]
    assert marked[3].startswith("† the machine had other work")


def test_the_pool_as_a_table() -> None:
    """A line a device, with a dash for what it lacks."""
    listed = to_text(
        device.pool_table((DeviceSpec(name="here", labels=("lab", "near")),)), 80, False
    )
    assert listed.splitlines()[1].split() == ["here", "local", "lab,", "near", "-"]
