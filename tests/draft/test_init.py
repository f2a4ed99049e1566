"""``forgesim init``: a trust.yml from what an app does, marked for a human, and nobody's words overwritten."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML
from tests.e2e.test_bad_input import ROOT, forgesim

from tests.conftest import MANIFEST

MakeApp = Callable[..., Path]

COUNTS = """
@resolver.define("count")
async def count(request):
    page = request.payload["pageId"]
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=page))
    title = (await answer.json())["title"]
    await kvs.set(f"page:{page}:count", {"letters": len(title), "state": "seen", "by": request.context.account_id})
    log.info("counted")
    return len(title)
"""
KEEPS_TITLE = COUNTS.replace('"letters": len(title)', '"letters": title')


@pytest.fixture
def bare(make_app: MakeApp) -> MakeApp:
    """An app without a trust.yml."""

    def make(source: str, **more: str) -> Path:
        folder = make_app(source, **more)
        (folder / "trust.yml").unlink()
        return folder

    return make


def test_the_draft_says_what_the_app_did_and_runs_as_it_is(bare: MakeApp) -> None:
    app = bare(COUNTS)
    done = forgesim("init", str(app), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads(done.stdout)
    assert (told["undeclared"], told["broken"]) == ([], [])
    page = YAML(typ="safe").load((app / "trust.yml").read_text())
    assert page["reads"] == {"count": "pages of payload.pageId"}
    value = {"letters": "int 0..100", "state": "const seen", "by": "id account"}
    assert page["stores"] == [{"in": "kvs", "key": "page:{page}:count", "value": value}]
    assert page["logs"] == "metadata"
    assert {"as": "bob", "call": "count", "with": {"pageId": "$page"}} in [
        step for scenario in page["scenarios"] for step in scenario["steps"]
    ]
    ran = forgesim("run", str(app), "--json")
    assert (ran.returncode, json.loads(ran.stdout)["broken"]) == (0, [])


def test_every_line_that_nobody_agreed_to_is_marked_and_counted(bare: MakeApp) -> None:
    app = bare(COUNTS)
    marks = json.loads(forgesim("init", str(app), "--json").stdout)["marks"]
    text = (app / "trust.yml").read_text()
    assert text.startswith("# A DRAFT")
    assert text.count("# confirm") == marks > 8


def test_content_is_never_declared_but_told_and_running_it_breaks(bare: MakeApp) -> None:
    app = bare(KEEPS_TITLE)
    done = forgesim("init", str(app))
    assert done.returncode == 0
    assert "kvs page:{page}:count: letters: is a text that is no id" in " ".join(done.stdout.split())
    assert "stores_only_aggregates" in done.stdout
    page = YAML(typ="safe").load((app / "trust.yml").read_text())
    assert page["stores"] == []
    assert "NOT DECLARED" in (app / "trust.yml").read_text()
    assert forgesim("run", str(app)).returncode == 1


LISTENS = """
async def on_page(event, context):
    await kvs.set("last", {"event": "seen"})
    told = {"kind": "page", "name": event["content"]["id"]}
    await api.fetch("https://api.example.com/seen/", method="POST", json=told)


async def nightly(event, context):
    log.info("awake")


async def answer(event, context):
    return {"statusCode": 200, "statusText": "OK", "headers": {"content-type": ["text/plain"]}, "body": "fine"}
"""
LISTENING = (
    MANIFEST.replace("  function:\n", """\
  trigger:
    - {key: pages, function: on-page, events: ["avi:confluence:updated:page"]}
  scheduledTrigger:
    - {key: night, function: nightly, interval: day}
  webtrigger:
    - {key: hook, function: answer}
  function:
    - {key: on-page, handler: index.on_page}
    - {key: nightly, handler: index.nightly}
    - {key: answer, handler: index.answer}
""")
    + "  external:\n    fetch:\n      backend:\n        - https://api.example.com\n"
    + "        - {address: https://eu.i.posthog.com, category: analytics, inScopeEUD: false}\n"
)  # fmt: skip


def test_events_schedules_answers_and_parties_are_drafted_too(bare: MakeApp) -> None:
    app = bare(LISTENS, manifest=LISTENING)
    done = forgesim("init", str(app), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    text = (app / "trust.yml").read_text()
    page = YAML(typ="safe").load(text)
    parties = [(party["hosts"], party.get("service")) for party in page["subprocessors"]]
    assert parties == [(["api.example.com"], None), (["eu.i.posthog.com"], {"kind": "posthog"})]
    assert "hosts: [api.example.com] # confirm: until a service is named here" in text
    assert page["sends"]["example-seen"]["body"] == {"kind": "const page", "name": "id page"}
    assert page["answers"] == {
        "hook": {"status": "const 200", "headers": {"statustext": "const OK"}, "body": "const fine"}
    }
    assert "sends_only_declared" not in {each["claim"] for each in json.loads(done.stdout)["broken"]}
    kinds = {kind for scenario in page["scenarios"] for step in scenario["steps"] for kind in step}
    assert {"trigger", "schedule", "webtrigger"} <= kinds


OPENED = """
@resolver.define("measure")
async def measure(request):
    page = request.context.extension["content"]["id"]
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=page))
    return {"letters": len((await answer.json())["title"])}


@resolver.define("ping")
async def ping(request):
    return "pong"
"""
PANELS = MANIFEST.replace(
    "  function:\n",
    """\
  macro:
    - {key: words, title: Words, resource: main, resolver: {function: resolver}}
  function:
""",
)


def test_a_front_end_is_opened_where_people_open_it(bare: MakeApp) -> None:
    """What a function reads is tied to the page that it is opened on; who asks for no place is called from none."""
    app = bare(OPENED, manifest=PANELS)
    done = forgesim("init", str(app), "--json")
    assert {each["ok"] for each in json.loads(done.stdout)["calls"]} == {True}
    page = YAML(typ="safe").load((app / "trust.yml").read_text())
    assert page["reads"]["measure"] == "pages of context.extension.content.id"
    steps = [step for scenario in page["scenarios"] for step in scenario["steps"]]
    opened = {step["call"]: step.get("context", {}).get("moduleKey") for step in steps}
    assert opened == {"measure": "words", "ping": None}
    assert forgesim("run", str(app)).returncode == 0

    nowhere = forgesim("run", str(app), "measure")
    assert nowhere.returncode == 5
    assert "it was called from nowhere; as if opened on words: --context '" in nowhere.stdout
    assert forgesim("run", str(app), "measure", "--context", nowhere.stdout.split("'")[-2]).returncode == 0


def test_a_trust_yml_that_is_there_is_never_touched(bare: MakeApp, tmp_path: Path) -> None:
    app = bare(COUNTS)
    (app / "trust.yml").write_text("app: mine\n")
    done = forgesim("init", str(app))
    assert (done.returncode, done.stdout) == (2, "")
    assert "there is a trust.yml already" in done.stderr
    assert (app / "trust.yml").read_text() == "app: mine\n"
    other = tmp_path / "draft.yml"
    assert forgesim("init", str(app), "--out", str(other)).returncode == 0
    assert ((app / "trust.yml").read_text(), other.exists()) == ("app: mine\n", True)


BROKEN_APPS = {
    "it does not load": ("raise RuntimeError('no')", MANIFEST, "cannot be loaded"),
    "its manifest is none": (COUNTS, "app: [", "manifest.yml"),
}


@pytest.mark.parametrize(("source", "manifest", "says"), BROKEN_APPS.values(), ids=BROKEN_APPS.keys())
def test_an_app_that_does_nothing_gets_no_draft(bare: MakeApp, source: str, manifest: str, says: str) -> None:
    app = bare(source, manifest=manifest)
    done = forgesim("init", str(app))
    assert (done.returncode, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr
    assert not (app / "trust.yml").exists()


@pytest.mark.parametrize("name", ["pulse", "syncup"])
def test_what_the_draft_of_a_reference_app_saw_read_has_the_kinds_that_its_makers_name(
    name: str, tmp_path: Path
) -> None:
    out = tmp_path / "draft.yml"
    assert forgesim("init", f"apps/{name}", "--out", str(out)).returncode == 0
    drafted, written = (YAML(typ="safe").load(path.read_text()) for path in (out, ROOT / "apps" / name / "trust.yml"))
    seen, meant = _kinds(drafted["reads"]), _kinds(written["reads"])
    assert seen.keys() == meant.keys()
    # A call that no guessed payload suits reads nothing; what was read is what the makers say is read, but for files,
    # which not every page has.
    read = [name for name, kinds in seen.items() if kinds]
    assert {name: seen[name] | {"attachments"} for name in read} == {
        name: meant[name] | {"attachments"} for name in read
    }
    assert len(read) > 3
    assert {store["key"] for store in drafted["stores"]} <= {store["key"] for store in written["stores"]}


def _kinds(reads: dict[str, str | None]) -> dict[str, set[str]]:
    return {
        name: {rule.split()[0] for rule in (rules or "").split(",") if rule.split()} for name, rules in reads.items()
    }
