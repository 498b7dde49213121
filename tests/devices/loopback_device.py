"""A device for tests: a real OpenSSH server on loopback, with its own home folder."""

import contextlib
import getpass
import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from grader.devices.pool import DeviceSpec

SSHD = Path("/usr/sbin/sshd")  # it must be started by its absolute path
CONFIG = """\
ListenAddress 127.0.0.1
Port {port}
HostKey "{folder}/host_key"
AuthorizedKeysFile "{folder}/authorized_keys"
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
Subsystem sftp internal-sftp
SetEnv "HOME={home}"
AllowAgentForwarding yes
MaxStartups 100
"""


@dataclass(slots=True, kw_only=True)
class LoopbackDevice:
    """One server; `home` is the home folder of its programs."""

    name: str
    folder: Path
    port: int
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def home(self) -> Path:
        """The home folder, where the grader writes."""
        return self.folder / "home"

    @property
    def key(self) -> Path:
        """The private key that logs in."""
        return self.folder / "user_key"

    @property
    def known_hosts(self) -> Path:
        """A known_hosts file with the key of this device."""
        return self.folder / "known_hosts"

    @property
    def fingerprint(self) -> str:
        """The host key's, as ssh-keygen prints it."""
        return fingerprint_of(self.folder / "host_key")

    def spec(self, *, port: int | None = None, **said: object) -> DeviceSpec:
        """Return the pool entry of the device, with `port` of a proxy if given."""
        usual: dict[str, object] = {
            "name": self.name,
            "address": f"ssh://{getpass.getuser()}@127.0.0.1:{port or self.port}",
            "known_hosts": self.known_hosts,
            "ssh_config": self.folder / "ssh_config",
            "stall_seconds": 10,
        }
        return DeviceSpec.model_validate(usual | said)

    def know(self, port: int) -> None:
        """Add the device at another port to known_hosts."""
        public = (self.folder / "host_key.pub").read_text(encoding="ascii")
        with self.known_hosts.open("a", encoding="ascii") as file:
            file.write(f"[127.0.0.1]:{port} {public}")

    def start(self) -> None:
        """Start the server, and wait until it listens."""
        log = (self.folder / "log").open("ab")
        with log:
            command = [str(SSHD), "-D", "-e", "-f", str(self.folder / "sshd_config")]
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stderr=log)
        deadline = time.monotonic() + 30
        while True:
            assert self.process.poll() is None, (self.folder / "log").read_text()
            assert time.monotonic() < deadline, "sshd does not listen"
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            except ConnectionRefusedError:
                time.sleep(0.02)
            else:
                return

    def cut(self) -> None:
        """Kill the server processes, but none of the programs that they started."""
        assert self.process
        for pid in (*descendants(self.process.pid), self.process.pid):
            with contextlib.suppress(OSError):  # it has ended meanwhile
                if Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").startswith("sshd"):
                    os.kill(pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def kill(self) -> None:
        """Kill the server and all its programs, as a power failure would."""
        if self.process is None:
            return
        for pid in (*descendants(self.process.pid), self.process.pid):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
        self.process.wait()
        self.process = None


def make_loopback_device(name: str, folder: Path) -> LoopbackDevice:
    """Return a device with its own keys, not started yet."""
    (folder / "home").mkdir(parents=True)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        device = LoopbackDevice(name=name, folder=folder, port=probe.getsockname()[1])
    for key in ("host_key", "user_key"):
        make_key(folder / key)
    (folder / "authorized_keys").write_bytes((folder / "user_key.pub").read_bytes())
    settings = CONFIG.format(port=device.port, folder=folder, home=device.home)
    (folder / "sshd_config").write_text(settings, encoding="utf-8")
    config = f'IdentityFile "{device.key}"\nIdentityAgent none\nIdentitiesOnly yes\n'
    (folder / "ssh_config").write_text(config, encoding="utf-8")
    device.know(device.port)
    if os.getuid() == 0:  # Debian's sshd wants it; its service makes it at boot
        Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)
    return device


def make_key(path: Path) -> None:
    """A pair of keys without a passphrase."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True)


def fingerprint_of(key: Path) -> str:
    """A key's fingerprint as ssh-keygen prints it."""
    command = ["ssh-keygen", "-lf", str(key)]
    told = subprocess.run(command, check=True, capture_output=True, text=True)
    return told.stdout.split()[1]


def descendants(pid: int) -> list[int]:
    """The processes below one, parents before their children."""
    below: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        below.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found, waiting = [], [pid]
    while waiting:
        children = below.get(waiting.pop(), [])
        found += children
        waiting += children
    return found


def running(word: str) -> list[int]:
    """The processes that have `word` among their arguments."""
    found = []
    for line in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments = line.read_bytes().split(b"\0")
        except OSError:
            continue
        if word.encode() in arguments:
            found.append(int(line.parent.name))
    return found


def gone(word: str, seconds: float = 20) -> bool:
    """Whether no process has `word` among its arguments, at the latest after `seconds`."""
    deadline = time.monotonic() + seconds
    while running(word):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def carrying(word: str, seconds: float = 20) -> list[int]:
    """The processes with `word` in their environment that have not ended after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = []
        for environment in Path("/proc").glob("[0-9]*/environ"):
            with contextlib.suppress(OSError):
                if word.encode() in environment.read_bytes():
                    found.append(int(environment.parent.name))
        if not found or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


def emptied(folder: Path, seconds: float = 20) -> bool:
    """Whether nothing is in the folder, at the latest after `seconds`."""
    deadline = time.monotonic() + seconds
    while list(folder.iterdir()):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
