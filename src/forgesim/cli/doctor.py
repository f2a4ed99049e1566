"""``forgesim doctor``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

from forgesim.conformance.emulated import Emulated, emulated, events
from forgesim.conformance.play import opened_bench
from forgesim.errors import CannotConfineError
from forgesim.report.conformance import emulated_lines, event_lines
from forgesim.sandbox.doctor import report
from forgesim.sandbox.javascript.doctor import NodeReport, node_report

__all__ = ["doctor"]


def doctor(*, as_json: bool) -> int:
    """What this machine can enforce, and what of Forge is emulated; 4 where it cannot confine."""
    found, services = report(), _emulated()
    node = node_report(found.tier, Path.cwd())
    if as_json:
        told = {
            **asdict(found),
            "node": asdict(node),
            "emulated": [asdict(service) for service in services],
            "events": [asdict(product) for product in events()],
        }
        sys.stdout.write(json.dumps(told, ensure_ascii=False) + "\n")
        return 0 if found.can_confine else 4
    sys.stdout.write(f"sandbox tier: {found.tier}\n")
    for wall in found.walls:
        state = "ok" if wall.ok else "NO"
        sys.stdout.write(f"  {state}  {wall.name}: {wall.what}{'' if wall.ok else f' ({wall.why})'}\n")
    sys.stdout.write(f"{found.kernel} {found.machine}, {found.python}, Landlock ABI {found.landlock_abi}\n")
    sys.stdout.writelines(f"{line}\n" for line in _of_node(node))
    sys.stdout.writelines(f"{line}\n" for line in emulated_lines(services))
    sys.stdout.writelines(f"{line}\n" for line in event_lines(events()))
    if not found.can_confine:
        sys.stdout.write("app code cannot be confined here: run in a Linux VM or container, see SECURITY.md\n")
        return 4
    return 0


def _of_node(node: NodeReport) -> Iterator[str]:
    """What is here for JavaScript apps. That something is missing is no failure: other apps do without."""
    if node.path is not None:
        yield f"Node {node.version}: {node.path}"
    yield "JavaScript apps can be confined" if node.confined else f"JavaScript apps cannot be run confined: {node.why}"
    yield f"esbuild: {node.esbuild or 'none here; an app may bring its own, or FORGESIM_ESBUILD name one'}"


def _emulated() -> list[Emulated]:
    """What the gateway serves; nothing on a system where no guest process can be started."""
    try:
        with opened_bench() as bench:
            return emulated(bench)
    except CannotConfineError:
        return []
