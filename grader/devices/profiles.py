"""Kinds of devices: how to recognise them, their own values, and advice for stable timings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.devices.health import Health
from grader.devices.load import load_advice

HOT_C = 75.0  # a Pi 4 slows down from 80 °C on, a Jetson Nano from 97 °C


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of device.

    `recognised` is a part of its model name. `extras` are names of probe.sh values that only this
    kind has, with their titles. `steady` is the command that fixes its clocks at the maximum,
    `remedy` the advice against throttling.
    """

    name: str
    recognised: str
    steady: str
    remedy: str
    extras: tuple[tuple[str, str], ...] = ()


GOVERNOR = "echo performance | sudo tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor"

GENERIC = Profile(
    name="generic",
    recognised="",
    steady=GOVERNOR,
    remedy="let it cool down, and check its fan",
)
PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name="raspberry-pi-4",
            recognised="Raspberry Pi",
            steady=GOVERNOR,
            remedy="use a power supply of 5 V and 3 A, and a heat sink or a fan",
        ),
        Profile(
            name="jetson-nano",
            recognised="Jetson",
            steady="sudo nvpmodel -m 0 && sudo jetson_clocks",
            remedy="use the barrel connector with 5 V and 4 A, and a fan",
            extras=(
                ("tegra", "Jetson Linux"),
                ("power_mode", "power mode"),
                ("jetson_clocks", "jetson_clocks"),
                ("tegrastats", "tegrastats"),
            ),
        ),
        GENERIC,
    )
}


def profile_of(named: str | None, model: str | None) -> Profile:
    """Return the profile `named` by the pool, else the one that matches the model name."""
    if named is not None:
        return PROFILES[named]
    found = (
        each for each in PROFILES.values() if each.recognised and each.recognised in (model or "")
    )
    return next(found, GENERIC)


def advice(profile: Profile, health: Health, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return sentences that say what to change before its timings can be compared."""
    return tuple(_advice(profile, health, values))


def _advice(profile: Profile, health: Health, values: Mapping[str, str]) -> Iterator[str]:
    if any(clock.governor not in {None, "performance"} for clock in health.clocks):
        yield f"The clock frequency depends on the load; fix it with `{profile.steady}`."
    if health.throttling and (held := health.throttling.now or health.throttling.since_boot):
        when = "now" if health.throttling.now else "since boot"
        yield f"It was throttled {when} ({', '.join(held)}): {profile.remedy}."
    if health.temperature_c is not None and health.temperature_c >= HOT_C:
        yield f"Its temperature is {health.temperature_c:.0f} °C: {profile.remedy}."
    mode = values.get("power_mode")
    if mode is not None and not mode.startswith("MAXN"):
        yield f"Its power mode is {mode}; `{profile.steady}` removes the limit."
    if values.get("bits") == "32":
        yield "It runs 32-bit programs; the executorch wheel needs a 64-bit system."
    if "executorch" not in values and "runner" not in values:
        yield "It has no runner and no executorch: its latency cannot be measured."
    load = values.get("load", "")
    if re.fullmatch(r"\d+\.\d+", load):
        yield from load_advice(float(load))
