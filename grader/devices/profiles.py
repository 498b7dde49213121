"""Kinds of boards: how each is recognised, what only it tells, and what steadies its timings."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from grader.devices.health import Health

HOT_C = 75.0  # a Pi 4 slows down from 80 °C on, a Jetson Nano from 97 °C
BUSY = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One kind of board.

    `recognised` is found in its model's name. `extras` are lines of probe.sh beyond everybody's,
    and their titles. `steady` is the command that holds its clocks at their highest, `cure` helps
    where it was throttled.
    """

    name: str
    recognised: str
    steady: str
    cure: str
    extras: tuple[tuple[str, str], ...] = ()


GOVERNOR = "echo performance | sudo tee /sys/devices/system/cpu/cpufreq/policy*/scaling_governor"

GENERIC = Profile(
    name="generic",
    recognised="",
    steady=GOVERNOR,
    cure="let it cool down, and look at its fan",
)
PROFILES = {
    profile.name: profile
    for profile in (
        Profile(
            name="raspberry-pi-4",
            recognised="Raspberry Pi",
            steady=GOVERNOR,
            cure="use a power supply of 5 V and 3 A, and a heat sink or a fan",
        ),
        Profile(
            name="jetson-nano",
            recognised="Jetson",
            steady="sudo nvpmodel -m 0 && sudo jetson_clocks",
            cure="use the barrel connector with 5 V and 4 A, and a fan",
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
    """The profile that the pool names, else the one that recognises the model's name."""
    if named is not None:
        return PROFILES[named]
    found = (
        each for each in PROFILES.values() if each.recognised and each.recognised in (model or "")
    )
    return next(found, GENERIC)


def advice(profile: Profile, health: Health, told: Mapping[str, str]) -> tuple[str, ...]:
    """What to change before timings of this board are worth comparing, each a sentence."""
    return tuple(_advice(profile, health, told))


def _advice(profile: Profile, health: Health, told: Mapping[str, str]) -> Iterator[str]:
    if any(clock.governor not in {None, "performance"} for clock in health.clocks):
        yield f"The clocks follow the load; hold them with `{profile.steady}`."
    if health.throttling and (held := health.throttling.now or health.throttling.since_boot):
        when = "now" if health.throttling.now else "since boot"
        yield f"It was held back {when} ({', '.join(held)}): {profile.cure}."
    if health.temperature_c is not None and health.temperature_c >= HOT_C:
        yield f"It is {health.temperature_c:.0f} °C warm already: {profile.cure}."
    mode = told.get("power_mode")
    if mode is not None and not mode.startswith("MAXN"):
        yield f"Its power mode is {mode}; `{profile.steady}` takes the limit off."
    if told.get("bits") == "32":
        yield "Its programs are 32 bits wide; the executorch wheel needs a system of 64."
    if "executorch" not in told and "runner" not in told:
        yield "It has no runner and no executorch: latency cannot be measured on it."
    load = told.get("load", "")
    if re.fullmatch(r"\d+\.\d+", load) and float(load) > BUSY:
        yield f"It has other work: its load is {load}."
