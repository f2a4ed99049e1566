"""A bundle with probes in the app's own code, and what is known of it: units, lines, packages, code made as it runs."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from typing import Any

import msgspec

from forgesim.errors import InputError, Problem
from forgesim.nodeguest import FOLDER, PROBES
from forgesim.sandbox.javascript.node import ENVIRONMENT, Node
from forgesim.sandbox.javascript.walled import run_walled

__all__ = ["Bundle", "probed"]


class Bundle(msgspec.Struct, frozen=True):
    """``code`` as it runs. ``units``: the unit of each probe, by number. ``lines``: line of the bundle →
    ``src/x.ts:12``, for the app's own. ``excluded``: packages in it, which have no units. ``dynamic``: lines that name
    what makes code. ``trees``: file of the app's own → its statements, as the parser has them."""

    code: str
    units: tuple[str, ...]
    lines: Mapping[str, str]
    excluded: tuple[str, ...]
    dynamic: tuple[str, ...]
    trees: Mapping[str, Any] = {}


def probed(node: Node, code: str, mapped: Any, *, marker: str, probes: bool, entry: str, file: str) -> Bundle:
    """The bundle of a handler file, read by Node's own parser behind walls; with ``probes`` its units are counted under
    the name ``marker``. ``entry``: the name in it of what the host wrote. Raises InputError where it is no JavaScript.
    """
    asked = {"code": code, "map": mapped, "entry": entry, "marker": marker, "probes": probes}
    given = json.dumps(asked).encode("utf-8", "replace")
    done = run_walled(
        [node.path, "--expose-internals", "--no-warnings", "--stack-size=4000", str(PROBES)],
        folder=str(FOLDER),
        read=[str(FOLDER), *node.libraries, os.devnull],
        loader=node.loader,
        environment=ENVIRONMENT,
        given=given,
        what="the reader of bundles",
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        why = next((line for line in said if "Error" in line), f"status {done.returncode}")
        raise InputError(Problem(what=f"the bundle cannot be read: {why}", file=file))
    return msgspec.json.decode(done.stdout, type=Bundle)
