"""Child: execs a submitted runner as the lab starts it.

`run_binary RUNNER PROGRAM DATA {"places": […], "arguments": […], "emulator": […]}`. The three files
are linked at the three `places`, paths relative to the working folder. The `emulator`, if not
empty, is the command that runs the runner if it is for another processor. The runner's stdout is
the message. If the system refuses to start it, stderr says why: `run_binary: ENOENT`.
"""

import errno
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

REFUSED = 126  # a shell's exit code for a file that exists but cannot be run


def main() -> None:
    """Link the files of argv, then exec the runner; never return."""
    settings = json.loads(sys.argv[4])
    link(sys.argv[1:4], settings["places"])
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
            code = (
                errno.ENOENT
            )  # the runner is executable: its interpreter is a folder or a device file
        sys.stderr.write(f"run_binary: {errno.errorcode.get(code, code)}\n")
        sys.exit(REFUSED)


def link(files: Sequence[str], paths: Sequence[str]) -> None:
    """Make a link at each of `paths`, relative to the working folder, to the file of its index."""
    for file, relative in zip(files, paths, strict=True):
        path = Path(relative)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.symlink_to(file)


if __name__ == "__main__":
    main()
