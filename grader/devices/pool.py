"""The pool: the devices that devices.toml lists."""

import re
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

import platformdirs
from pydantic import Field, PrivateAttr, ValidationError, field_validator, model_validator

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
    """One device: its address, and the programs on it that can measure.

    `address` is `local` or `ssh://[user@]host[:port]`; missing parts, and keys, come from
    `ssh_config`, else from ~/.ssh/config. `runner` is the path, on the device, of a trusted
    xnn_executor_runner that measures latency; without it, the executorch of `python` does.
    `environment` is set for every program. A connection without data for `stall_seconds` counts as
    lost.
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
    _pool_file: Path | None = PrivateAttr(default=None)

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
            _split_address(address)
        return address

    @property
    def scheme(self) -> str:
        """The scheme of the address: `local` or `ssh`."""
        return address_scheme(self.address)

    @property
    def host(self) -> str:
        """The host's name, address, or alias in the SSH configuration; "" for this machine."""
        return "" if self.address == LOCAL else _split_address(self.address)[1]

    @property
    def trust_command(self) -> str:
        """The command that shows the host key of this device and trusts it.

        It names the pool's file, because the file also says which known_hosts file is used.
        """
        if self._pool_file is None:
            return f"grader device trust {self.address}"
        return f"grader device trust {self.name} --devices {shlex.quote(str(self._pool_file))}"

    @property
    def user(self) -> str | None:
        """The login user in the address, or None."""
        return None if self.address == LOCAL else _split_address(self.address)[0]

    @property
    def port(self) -> int | None:
        """The port in the address, or None."""
        return None if self.address == LOCAL else _split_address(self.address)[2]


def address_scheme(address: str) -> str:
    """Return `local`, or the part before `://`."""
    return address.partition("://")[0]


def _split_address(address: str) -> tuple[str | None, str, int | None]:
    """Return user, host and port of an ssh address.

    No message repeats the address: it may contain a password.
    """
    if not address.startswith("ssh://"):
        raise ValueError("give `local`, or ssh://user@host[:port]")
    login, _, host_and_port = address.removeprefix("ssh://").rpartition("@")
    if ":" in login:
        raise ValueError("remove the password: log in with a key, or an agent that holds one")
    try:
        port = urlsplit(f"ssh://{host_and_port}").port
    except ValueError:
        raise ValueError("the port must be a number from 1 to 65535") from None
    host = host_and_port if port is None else host_and_port.removesuffix(f":{port}")
    if not _HOST.fullmatch(host) or (login and not _USER.fullmatch(login)) or port == 0:
        raise ValueError("give ssh://user@host[:port], without a path")
    return login or None, host.strip("[]"), port


class Pool(Table):
    """All devices, in the order of the file."""

    devices: tuple[DeviceSpec, ...] = ()

    @model_validator(mode="after")
    def _devices_are_told_apart(self) -> Self:
        names = [device.name for device in self.devices]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise ValueError(f"two devices have the name {twice!r}")
        labels = {label for device in self.devices for label in device.labels}
        if both := sorted(labels & {ALL, LOCAL, *names}):
            raise ValueError(f"{both[0]!r} is a label and also a name, {ALL!r} or {LOCAL!r}")
        return self

    def chosen(self, wanted: Sequence[str]) -> tuple[DeviceSpec, ...]:
        """Return the devices with these names, labels or addresses; `all` means the pool.

        Each device is returned once, in the order of `wanted`. An address need not be in the file.
        Raises `GraderError` for an entry that matches no device.
        """
        found: dict[str, DeviceSpec] = {}
        for each in wanted:
            for device in self._matching(each):
                kept = found.setdefault(device.name, device)
                if kept.address != device.address:  # not in the pool: another user of the same host
                    name = f"{device.name}-{device.user or device.host}"
                    found[name] = device.model_copy(update={"name": name})
        return tuple(found.values())

    def _matching(self, wanted: str) -> tuple[DeviceSpec, ...]:
        meant = tuple(
            device
            for device in self.devices
            if wanted in {ALL, device.name, device.address, *device.labels}
        )
        if meant:
            return meant
        if wanted == LOCAL:
            return (DeviceSpec(name=LOCAL, python=sys.executable),)  # it has executorch
        if "://" in wanted:
            return (_unlisted(wanted),)
        names = ", ".join(device.name for device in self.devices)
        listed = f"The pool has {names}." if names else f"List your devices in {FILE}."
        raise GraderError(
            "The pool has no devices." if wanted == ALL else f"There is no device {wanted!r}.",
            help=f"{listed} Or give an address: local, or ssh://user@host.",
        )


def _unlisted(address: str) -> DeviceSpec:
    try:
        _, host, port = _split_address(address)
        host_and_port = host if port is None else f"{host}-{port}"
        return DeviceSpec(
            name=re.sub(r"[^A-Za-z0-9._-]", "-", host_and_port).strip("-"), address=address
        )
    except ValueError as error:
        first = error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
        raise GraderError(f"The address of the device is not valid: {first}.") from None


def pool_files() -> tuple[Path, Path]:
    """Return the possible pool files: in the current folder, then in the user's configuration."""
    return Path(FILE), platformdirs.user_config_path("edge-lab-grader") / FILE


def load_pool(path: Path | None = None) -> Pool:
    """Read the pool from `path`, else from the first of `pool_files` that exists.

    Without a file the pool is empty. Relative paths are relative to the file. Raises `GraderError`
    that names every wrong key.
    """
    found = path or next(
        (host_and_port for host_and_port in pool_files() if host_and_port.is_file()), None
    )
    if found is None:
        return Pool()
    pool = read_table(
        found,
        Pool,
        help="docs/devices.md shows a valid file.",
        resolved=lambda listed: _resolved(listed, found.parent),
    )
    for device in pool.devices:
        device._pool_file = found
    return pool


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
