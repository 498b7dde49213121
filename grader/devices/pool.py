"""The boards there are, as devices.toml lists them."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, ValidationError, field_validator, model_validator

from grader.errors import GraderError
from grader.labs.table import Table, read_table

FILE = "devices.toml"
ALL = "all"
LOCAL = "local"

Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
Variable = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+(%[A-Za-z0-9._-]+)?\]")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")


class DeviceSpec(Table):
    """One board: where it is, and what is there to run programs with.

    `address` is `local` or `ssh://[user@]host[:port]`; what it leaves out, and keys, come from
    `ssh_config`, else ~/.ssh/config. `runner` is the path, on the device, of an
    xnn_executor_runner that is trusted to measure latency, `python` one whose executorch may do so
    instead. `environment` is set for whatever runs there. A connection from which nothing comes
    for `stall_seconds` is lost.
    """

    name: Name
    address: str = LOCAL
    labels: tuple[Name, ...] = ()
    runner: Annotated[str, Field(min_length=1)] | None = None
    python: Annotated[str, Field(min_length=1)] = "python3"
    profile: Literal["raspberry-pi-4", "jetson-nano", "generic"] | None = None
    known_hosts: Path | None = None
    ssh_config: Path | None = None
    environment: dict[Variable, str] = Field(default_factory=dict)
    stall_seconds: Annotated[float, Field(gt=0)] = 20

    @field_validator("name")
    @classmethod
    def _name_is_free(cls, name: str) -> str:
        if name == ALL:
            raise ValueError(f"{ALL!r} stands for every device")
        return name

    @field_validator("address")
    @classmethod
    def _address_is_known(cls, address: str) -> str:
        if address != LOCAL:
            _parts(address)
        return address

    @property
    def scheme(self) -> str:
        """How it is reached: `local` or `ssh`."""
        return address_scheme(self.address)

    @property
    def host(self) -> str:
        """The host's name, address, or alias in the SSH configuration; "" for this machine."""
        return "" if self.address == LOCAL else _parts(self.address)[1]

    @property
    def user(self) -> str | None:
        """The user to log in as, where the address says."""
        return None if self.address == LOCAL else _parts(self.address)[0]

    @property
    def port(self) -> int | None:
        """The port, where the address says."""
        return None if self.address == LOCAL else _parts(self.address)[2]


def address_scheme(address: str) -> str:
    """`local`, or what stands before `://`."""
    return address.partition("://")[0]


def _parts(address: str) -> tuple[str | None, str, int | None]:
    """User, host and port of an ssh address. No message repeats it: it may hold a password."""
    if not address.startswith("ssh://"):
        raise ValueError("give `local`, or ssh://user@host[:port]")
    login, _, place = address.removeprefix("ssh://").rpartition("@")
    if ":" in login:
        raise ValueError(
            "a password has no place here: log in with a key, or an agent that holds one"
        )
    try:
        port = urlsplit(f"ssh://{place}").port
    except ValueError:
        raise ValueError("the port is no number from 1 to 65535") from None
    host = place if port is None else place.removesuffix(f":{port}")
    if not _HOST.fullmatch(host) or (login and not _USER.fullmatch(login)) or port == 0:
        raise ValueError("give ssh://user@host[:port], and nothing behind it")
    return login or None, host.strip("[]"), port


class Pool(Table):
    """Every board that there is to grade with, in the file's order."""

    devices: tuple[DeviceSpec, ...] = ()

    @model_validator(mode="after")
    def _devices_are_told_apart(self) -> Self:
        names = [device.name for device in self.devices]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"two devices are called {twice!r}")
        labels = {label for device in self.devices for label in device.labels}
        if both := sorted(labels & {ALL, LOCAL, *names}):
            raise ValueError(f"{both[0]!r} is a label and stands for something else, too")
        return self

    def chosen(self, wanted: Sequence[str]) -> tuple[DeviceSpec, ...]:
        """The devices meant by names, labels, `all`, or addresses that no file need list.

        Each once, in the order of asking. Raises `GraderError` for what means none.
        """
        found: dict[str, DeviceSpec] = {}
        for each in wanted:
            for device in self._meant(each):
                kept = found.setdefault(device.name, device)
                if kept.address != device.address:  # unlisted, and another user of the same host
                    name = f"{device.name}-{device.user or device.host}"
                    found[name] = device.model_copy(update={"name": name})
        return tuple(found.values())

    def _meant(self, wanted: str) -> tuple[DeviceSpec, ...]:
        meant = tuple(
            device
            for device in self.devices
            if wanted in {ALL, device.name, device.address, *device.labels}
        )
        if meant:
            return meant
        if wanted == LOCAL:
            return (DeviceSpec(name=LOCAL, python=sys.executable),)  # which has the wheel
        if "://" in wanted:
            return (_unlisted(wanted),)
        names = ", ".join(device.name for device in self.devices)
        listed = f"The pool has {names}." if names else f"List your boards in {FILE}."
        raise GraderError(
            "There are no devices." if wanted == ALL else f"There is no device {wanted!r}.",
            help=f"{listed} Or give an address: local, or ssh://user@host.",
        )


def _unlisted(address: str) -> DeviceSpec:
    try:
        _, host, port = _parts(address)
        place = host if port is None else f"{host}-{port}"
        return DeviceSpec(name=re.sub(r"[^A-Za-z0-9._-]", "-", place).strip("-"), address=address)
    except ValueError as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise GraderError(f"That is no device's address: {first}.") from None


def places() -> tuple[Path, Path]:
    """Where the pool's file is looked for: here, then in the user's configuration."""
    return Path(FILE), platformdirs.user_config_path("edge-lab-grader") / FILE


def load_pool(path: Path | None = None) -> Pool:
    """Read the pool from `path`, else from the first of `places`, else it is empty.

    Relative paths in it are relative to it. Raises `GraderError` that names every wrong key.
    """
    found = path or next((place for place in places() if place.is_file()), None)
    if found is None:
        return Pool()
    return read_table(
        found,
        Pool,
        help="docs/devices.md shows a file that is valid.",
        resolved=lambda listed: _resolved(listed, found.parent),
    )


def _resolved(listed: dict[str, Any], folder: Path) -> dict[str, Any]:
    devices = listed.get("devices")
    if not isinstance(devices, list):
        return listed
    return {**listed, "devices": [_with_paths(each, folder) for each in devices]}


def _with_paths(device: object, folder: Path) -> object:
    if not isinstance(device, dict):
        return device
    paths = {
        key: folder / Path(device[key]).expanduser()
        for key in ("known_hosts", "ssh_config")
        if isinstance(device.get(key), str)
    }
    return {**device, **paths}
