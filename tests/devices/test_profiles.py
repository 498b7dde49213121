from dataclasses import replace

import pytest

from grader.devices.health import Clock, Health, Throttling
from grader.devices.profiles import GENERIC, HOT_C, PROFILES, advice, profile_of

CALM = Health(
    temperature_c=40.0, throttled=None, throttling=None, governor=None, clock_mhz=None, clocks=()
)
ABLE = {"executorch": "1.4", "bits": "64"}


def clock(governor: str) -> Clock:
    """A clock of all processors."""
    return Clock(processors="0-3", governor=governor, now_mhz=600, least_mhz=600, most_mhz=1500)


@pytest.mark.parametrize(
    ("named", "model", "profile"),
    [
        (None, "Raspberry Pi 4 Model B Rev 1.5", "raspberry-pi-4"),
        (None, "NVIDIA Jetson Nano Developer Kit", "jetson-nano"),
        (None, "Some other board", "generic"),
        (None, None, "generic"),
        ("jetson-nano", "Raspberry Pi 4", "jetson-nano"),
    ],
)
def test_the_pool_counts_before_the_models_name(
    named: str | None, model: str | None, profile: str
) -> None:
    """A board that no profile knows is a generic one."""
    assert profile_of(named, model).name == profile


def test_a_calm_board_needs_no_advice() -> None:
    """Held clocks, cool, alone, with a runtime: nothing to change."""
    held = replace(CALM, clocks=(clock("performance"),))
    for profile in PROFILES.values():
        assert advice(profile, held, ABLE) == ()


@pytest.mark.parametrize(
    ("health", "told", "word"),
    [
        (replace(CALM, clocks=(clock("ondemand"),)), ABLE, GENERIC.steady),
        (
            replace(CALM, throttling=Throttling(now=("under-voltage",), since_boot=())),
            ABLE,
            "under-voltage",
        ),
        (replace(CALM, throttling=Throttling(now=(), since_boot=("soft",))), ABLE, "soft"),
        (replace(CALM, temperature_c=HOT_C), ABLE, "°C"),
        (CALM, {**ABLE, "power_mode": "5W"}, "5W"),
        (CALM, {**ABLE, "bits": "32"}, "64"),
        (CALM, {"bits": "64"}, "executorch"),
        (CALM, {**ABLE, "load": "3.70"}, "3.70"),
    ],
)
def test_each_trouble_has_one_advice(health: Health, told: dict[str, str], word: str) -> None:
    """It names what to do, or what was found."""
    (only,) = advice(GENERIC, health, told)
    assert word in only
    assert only.endswith(".")


def test_a_little_load_and_full_power_are_no_trouble() -> None:
    """Nor is a load that is no number."""
    for load in ("0.90", "1.00", "many"):
        assert advice(GENERIC, CALM, {**ABLE, "load": load, "power_mode": "MAXN"}) == ()
