"""One program run behind walls to its end, such as a bundler: no seam, no witness, nothing but its standard streams.

``python -c`` with COMMAND confines itself and becomes the program. Its files are readable, nothing is writable, and no
other program can be executed.
"""

from __future__ import annotations

import json
import os
import sys
from typing import NoReturn

from forgesim.sandbox import kernel
from forgesim.sandbox.bpf import ALLOW
from forgesim.sandbox.policy import filter_for, filter_template

__all__ = ["COMMAND", "NO_WALLS", "main"]

COMMAND = "import sys; sys.path[:0] = sys.argv[2:]; from forgesim.sandbox.once import main; main()"
"""Arguments: what to do, as JSON, and the folders to import from. ``arguments``: the program and what it is given;
``folder``: where it is run; ``read`` and ``list_only``: files and folders it may see; ``loader``: what the kernel
executes for a program that is linked dynamically; ``parent``: the process that it ends with.
"""
NO_WALLS = 97
"""The status of a program that was not run, as a wall could not be put up."""
MEMORY_BYTES = 4 << 30
OPEN_FILES = 4096


def main() -> NoReturn:
    """Put up the walls and execute; ends with NO_WALLS, and the reason on standard error, where one does not stand."""
    given = json.loads(sys.argv[1])
    program = given["arguments"][0]
    try:
        kernel.die_with_parent(given["parent"])
        os.chdir(given["folder"])
        kernel.close_range(3)
        kernel.limit_resources(memory=MEMORY_BYTES, files=OPEN_FILES, reserves=True)
        kernel.bound_capabilities()
        kernel.drop_capabilities()
        kernel.forbid_privileges()
        kernel.restrict_files(
            kernel.landlock_rules(read=given["read"], list_only=given["list_only"], execute=[program, *given["loader"]])
        )
        # Landlock leaves it one program to execute, and seccomp no process to do it in but its own.
        template = filter_template(os.uname().machine, witness=False, program=True, execute=ALLOW)
        kernel.install_filter(filter_for(template, os.getpid()), listener=False)
    except OSError as error:
        sys.stderr.write(f"{error.strerror or error}\n")
        sys.stderr.flush()
        os._exit(NO_WALLS)
    os.execve(program, given["arguments"], {"LC_ALL": "C.UTF-8", "HOME": "/", **given["environment"]})  # noqa: S606 -- behind the walls
