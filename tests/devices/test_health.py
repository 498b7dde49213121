from dataclasses import replace

import pytest

from grader.devices import health as health_
from grader.devices.connection import Connection
from grader.devices.health import (
    Throttling,
    health,
    read_health,
    read_pairs,
    throttled_between,
)
from grader.devices.probe import probe
from grader.errors import HarnessError
from tests.devices.fixtures import Connect
from tests.devices.loopback_device import LoopbackDevice


@pytest.mark.parametrize(
    ("bits", "now", "since_boot"),
    [
        ("0x0", (), ()),
        ("0x1", ("under-voltage",), ()),
        ("0x2", ("frequency capped",), ()),
        ("0x4", ("throttled",), ()),
        ("0x8", ("soft temperature limit",), ()),
        ("0x10000", (), ("under-voltage",)),
        ("0x20000", (), ("frequency capped",)),
        ("0x40000", (), ("throttled",)),
        ("0x80000", (), ("soft temperature limit",)),
        ("0x50005", ("under-voltage", "throttled"), ("under-voltage", "throttled")),
    ],
)
def test_the_bits_of_get_throttled(
    bits: str, now: tuple[str, ...], since_boot: tuple[str, ...]
) -> None:
    """As Raspberry Pi documents them."""
    found = read_health((("vcgencmd", bits),))
    assert found.throttling == Throttling(now=now, since_boot=since_boot)
    assert found.throttled is bool(now)


def test_a_brake_that_is_on_is_throttling() -> None:
    """Linux's own cooling of processors counts on every device; a fan does not."""
    fan = read_health((("cooling", "pwm-fan|3"), ("cooling", "cpufreq-cpu0|0")))
    assert fan.throttled is False
    assert read_health((("cooling", "cpufreq-cpu0|2"),)).throttled is True


def test_throttling_between_two_looks() -> None:
    """Throttling at either reading, or new since boot, counts; earlier throttling does not."""
    calm = read_health((("vcgencmd", "0x0"),))
    now = read_health((("vcgencmd", "0x4"),))
    earlier = read_health((("vcgencmd", "0x40000"),))
    assert throttled_between(calm, calm) is False
    assert throttled_between(earlier, earlier) is False
    assert throttled_between(calm, earlier) is True
    assert throttled_between(calm, now) is True
    assert throttled_between(now, calm) is True
    assert throttled_between(calm, replace(calm, throttling=None)) is None


@pytest.mark.system
def test_a_script_that_never_ends_is_told(
    over_ssh: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names the device."""
    monkeypatch.setattr(health_, "SECONDS", 0.2)
    with pytest.raises(HarnessError, match="first"):
        read_pairs(over_ssh, "sleep 65.01")


@pytest.mark.system
@pytest.mark.parametrize(
    "forced",
    [
        "/usr/sbin/nologin",
        "/bin/false",
        "/bin/true",
        "echo Welcome",
        "echo end=0123456789abcdef; echo model=Raspberry",
        'printf "%s\\n" "$SSH_ORIGINAL_COMMAND"',
    ],
)
def test_a_device_that_logs_in_but_runs_nothing_has_no_health(
    own_ssh_device: LoopbackDevice, reach: Connect, forced: str
) -> None:
    """A forced command answers instead, as the shell of an account without login does."""
    with (own_ssh_device.folder / "sshd_config").open("a", encoding="ascii") as config:
        config.write(f"ForceCommand {forced}\n")
    own_ssh_device.kill()
    own_ssh_device.start()
    connection = reach(own_ssh_device.spec())
    for read in (health, probe):
        with pytest.raises(HarnessError, match="does not run commands"):
            read(connection)
