"""SO_PEERCRED names the process that made the seam."""

from __future__ import annotations

from tests.escape.witnesses.hidden import HostPid

WITNESS = HostPid


def attack() -> object:
    import os
    import socket
    import struct

    seam = socket.socket(fileno=os.dup(3))
    pid, _, _ = struct.unpack("3i", seam.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return f"<{pid}>"
