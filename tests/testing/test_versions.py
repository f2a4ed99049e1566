"""Versions of an app on one installation: what comes by itself, and what an administrator has to consent to."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from tests.attacks.conftest import MANIFEST

OLD = """\
@resolver.define("call")
async def call(request):
    old = await kvs.get("count")
    await kvs.set("count", (old or 0) + 1)
    answer = await api.fetch("https://new.example/")
    return {"version": 1, "count": old, "blocked": answer.headers.get("forge-proxy-error")}
"""
NEW = OLD.replace('"version": 1', '"version": 2')
MORE = MANIFEST.replace("        - address: us.i", "        - address: new.example\n        - address: us.i")


@pytest.fixture
def versions(make_app: Any, tmp_path: Path) -> dict[str, Path]:
    return {
        "old": make_app(OLD, manifest=MANIFEST),
        "minor": make_app(NEW, manifest=MANIFEST, name="minor"),
        "major": make_app(NEW, manifest=MORE, name="major"),
    }


def test_a_minor_version_comes_by_itself_and_finds_what_the_last_one_stored(forge: Any, versions: Any) -> None:
    app = forge.install(versions["old"])
    assert app.invoke("call")["count"] is None
    assert app.upgrade(versions["minor"]) == ()
    assert app.invoke("call") == {"version": 2, "count": 1, "blocked": "BLOCKED_EGRESS"}


def test_a_major_version_waits_for_consent_and_reaches_nothing_new_before(forge: Any, versions: Any) -> None:
    app = forge.install(versions["old"])
    assert app.upgrade(versions["major"]) == ("fetch.backend to new.example is new",)
    assert app.invoke("call") == {"version": 1, "count": None, "blocked": "BLOCKED_EGRESS"}
    app.upgrade(versions["major"], consent=True)
    assert app.invoke("call") == {"version": 2, "count": 1, "blocked": None}
    egress = [run.egress for run in app.ledger.runs.values()]
    assert [("new.example" in entries) for entries in egress] == [False, True]


def test_a_move_takes_everything_along(forge: Any, versions: Any) -> None:
    app = forge.install(versions["old"])
    app.invoke("call")
    app.move("EU")
    assert app.invoke("call")["count"] == 1
