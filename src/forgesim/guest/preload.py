"""What the zygote does once, before it forks workers: imports, frozen time, a quiet heap."""

from __future__ import annotations

import contextlib
import gc
import importlib
import queue
import sys
import threading
import zoneinfo

import freezegun

from forgesim.clock import EPOCH_MS, iso_utc

__all__ = ["PRELOADED", "preload"]

_COLLECT = (20_000, 20, 20)
"""Workers live for a few calls: most never make so many objects that the collector has to look at them."""

PRELOADED = (
    "abc", "array", "ast", "asyncio", "base64", "bisect", "calendar", "cmath", "collections.abc", "colorsys",
    "concurrent.futures.thread", "configparser", "contextlib", "contextvars", "copy", "csv", "ctypes", "dataclasses",
    "datetime", "decimal", "difflib", "email.message", "email.mime.text", "email.utils", "enum", "fnmatch",
    "fractions", "functools", "getpass", "glob", "graphlib", "gzip", "hashlib", "heapq", "hmac", "html",
    "html.entities", "html.parser", "http", "http.client", "importlib.metadata", "importlib.resources", "inspect",
    "io", "ipaddress", "itertools", "json", "linecache", "locale", "logging", "logging.handlers", "lzma", "bz2",
    "math", "mimetypes", "numbers", "operator", "pathlib", "pickle", "pkgutil", "platform", "pprint", "queue",
    "random", "re", "sched", "secrets", "selectors", "shutil", "signal", "socket", "sqlite3", "ssl", "statistics",
    "string", "struct", "tempfile", "textwrap", "threading", "time", "tokenize", "traceback", "types", "typing",
    "unicodedata", "urllib.error", "urllib.parse", "urllib.request", "uuid", "warnings", "weakref",
    "xml.dom.minidom", "xml.etree.ElementTree", "xml.parsers.expat", "xml.sax.saxutils", "zipfile", "zlib",
    "zoneinfo", "msgspec", "freezegun", "forgesim.sdk", "forgesim.guest.entry",
)  # fmt: skip
"""Modules that are in every worker from the start; native ones among them could not be loaded once it is confined."""


def preload() -> None:
    """Load what apps commonly import and freeze time. Call once, in a process with one thread, before forking."""
    for name in PRELOADED:
        try:
            importlib.import_module(name)
        except ImportError:  # a Python built without this part: the app meets the same ImportError
            continue
    zoneinfo.reset_tzpath([])  # the machine's own table is out of reach; the tzdata package answers
    with contextlib.suppress(zoneinfo.ZoneInfoNotFoundError):
        zoneinfo.ZoneInfo("UTC")  # loads what looking up a zone needs
    _freeze_time()
    gc.set_threshold(*_COLLECT)
    gc.collect()
    gc.freeze()


def _freeze_time() -> None:
    """Freeze every clock of the process, for good. The guest's loop and ``forgesim.guest.instant`` move it."""
    real = sys.modules["freezegun.api"].real_monotonic
    freezegun.configure(default_ignore_list=[])  # a frame that is ignored would see the real time
    freezegun.freeze_time(iso_utc(EPOCH_MS), real_asyncio=True).start()
    # Waits of real threads end by the real clock, or a wait with a timeout would never give up.
    vars(threading)["_time"] = real
    vars(queue)["time"] = real
