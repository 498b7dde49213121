"""The description of a device, from the output of the scripts."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grader.devices.connection import Command, Connection
from grader.devices.health import (
    Throttling,
    health,
)
from grader.devices.pool import DeviceSpec
from grader.devices.probe import probe, read_probe
from grader.devices.reach import connect
from grader.devices.scripts import script
from tests.devices.sample_probes import JETSON, PI

SPEC = DeviceSpec(name="desk")


def lines(text: str) -> tuple[tuple[str, str], ...]:
    """Return sample output as `read_pairs` returns it."""
    pairs = (line.partition("=") for line in text.splitlines())
    return tuple((name, value) for name, _, value in pairs)


def test_a_raspberry_pi() -> None:
    """Its model, clock and temperature, and the bits of its throttling."""
    found = read_probe(SPEC, lines(PI))
    assert (found.profile, found.cores, found.bits) == ("raspberry-pi-4", 4, 64)
    assert found.memory_bytes == 3_884_408 << 10
    assert (found.health.temperature_c, found.health.governor) == (48.199, "ondemand")
    assert found.health.clock_mhz == 600
    assert found.health.throttled is False
    assert found.health.throttling == Throttling(now=(), since_boot=("under-voltage", "throttled"))
    assert len(found.advice) == 2
    assert "performance" in found.advice[0]
    assert "under-voltage, throttled" in found.advice[1]


def test_a_jetson() -> None:
    """Its own values are included, and its power mode gives advice."""
    found = read_probe(SPEC, lines(JETSON))
    assert found.profile == "jetson-nano"
    assert dict(found.extras)["power mode"] == "5W"
    assert found.health.temperature_c == 41.5
    assert any("nvpmodel -m 0" in each for each in found.advice)


def test_a_device_that_tells_nothing_is_not_called_cool() -> None:
    """A missing value is None, never zero or False."""
    found = read_probe(SPEC, ())
    assert found.health.temperature_c is None
    assert found.health.throttled is None
    absent = (found.model, found.cores, found.memory_bytes, found.executorch)
    assert absent == (None,) * 4
    assert found.profile == "generic"


def test_a_profile_of_the_pool_is_taken_as_it_is() -> None:
    """Also where the model's name says something else."""
    named = SPEC.model_copy(update={"profile": "jetson-nano"})
    assert read_probe(named, lines(PI)).profile == "jetson-nano"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(
                (
                    "clock",
                    "temperature",
                    "cooling",
                    "vcgencmd",
                    "cores",
                    "bits",
                    "load",
                    "memory_kib",
                )
            ),
            st.text(st.sampled_from("0123456789abcx|-. °²"), max_size=30),
        )
    )
)
def test_any_output_of_a_device_is_read(words: list[tuple[str, str]]) -> None:
    """Whatever it prints, there is a probe of it."""
    assert read_probe(SPEC, tuple(words)).device == "desk"


@pytest.mark.system
def test_a_real_device_is_probed(either: Connection) -> None:
    """What every Linux tells is there, and the clock is a time."""
    found = probe(either)
    assert found.device == either.spec.name
    assert found.kernel
    assert found.kernel.startswith("Linux")
    assert found.cores
    assert found.memory_bytes
    assert found.disk_free_bytes
    assert found.features
    assert found.python
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", found.taken_at or "")
    assert health(either).clocks == found.health.clocks


@pytest.mark.system
def test_a_device_with_nothing_installed(tmp_path: Path) -> None:
    """Without any of the programs asked for, the script still ends, and complains of nothing."""
    with connect(DeviceSpec(name="bare", environment={"PATH": str(tmp_path)})) as connection:
        text = script("health") + script("probe") + "say end end"
        command = Command(arguments=("/bin/sh", "-c", text, "probe", "python3", ""), seconds=10)
        ended = connection.run(command)
    assert ended.returncode == 0
    assert ended.output.endswith(b"end=end\n")


@pytest.mark.system
def test_a_tool_of_the_device_is_asked(tmp_path: Path) -> None:
    """`vcgencmd`, where there is one."""
    tool = tmp_path / "vcgencmd"
    tool.write_text(
        "#!/bin/sh\n[ $1 = get_throttled ] && echo throttled=0x50000\n", encoding="ascii"
    )
    tool.chmod(0o700)
    spec = DeviceSpec(name="pi", environment={"PATH": f"{tmp_path}:/usr/bin:/bin"})
    with connect(spec) as connection:
        found = health(connection)
    assert found.throttling
    assert found.throttling.since_boot == ("under-voltage", "throttled")
