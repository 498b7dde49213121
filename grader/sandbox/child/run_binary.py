"""Child: becomes a handed-in runner, started as the lab starts it.

`run_binary RUNNER PROGRAM DATA {"places": […], "arguments": […], "emulator": […]}`. The folder it
starts in becomes the lab's tree: a link at each of the three `places`, which are relative paths.
The `emulator`, if not empty, is the command that runs the runner where this processor cannot. What
the runner prints is the message. Where the system refuses to start it, stderr says why:
`run_binary: ENOENT`.
"""

import errno
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

REFUSED = 126  # a shell's exit code for what is there and cannot be run


def main() -> None:
    """Lay out the files of argv, then exec the runner among them; never returns."""
    settings = json.loads(sys.argv[4])
    lay_out(sys.argv[1:4], settings["places"])
    runner = f"./{settings['places'][0]}"
    command = [*settings.get("emulator", ()), runner]
    # A script for `/usr/bin/env python3` finds this Python, which has ExecuTorch.
    programs = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    try:
        os.execve(  # noqa: S606 - no shell is the point
            command[0], [*command, *settings["arguments"]], {**os.environ, "PATH": programs}
        )
    except OSError as error:
        code = error.errno or 0
        if code == errno.EACCES and os.access(runner, os.X_OK):
            code = errno.ENOENT  # the runner may be run: its interpreter is a folder or a device
        sys.stderr.write(f"run_binary: {errno.errorcode.get(code, code)}\n")
        sys.exit(REFUSED)


def lay_out(files: Sequence[str], places: Sequence[str]) -> None:
    """Link each of `files` to its place below the working folder."""
    for file, place in zip(files, places, strict=True):
        path = Path(place)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(file)


if __name__ == "__main__":
    main()
