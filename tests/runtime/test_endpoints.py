"""Endpoints: the platform calls the vendor's own back end where a front end, an event or a schedule has no function."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.test_bad_input import forgesim

from forgesim.claims.judge import judge
from forgesim.claims.kit import Outcome
from forgesim.errors import AppError
from forgesim.ledger.read import Crossing
from forgesim.manifest.load import load_app
from forgesim.testing.kit import Forge, InstalledApp

MANIFEST = """\
app:
  id: ari:cloud:ecosystem::app/6f0f1a52-2d4e-4c0b-9a57-0c1e5f2a7b14
  runtime: {name: nodejs22.x}
modules:
  macro:
    - {key: notes-macro, title: Notes, resource: main, resolver: {endpoint: notes}}
  trigger:
    - {key: on-page, endpoint: events, events: ['avi:confluence:updated:page']}
  scheduledTrigger:
    - {key: hourly, endpoint: tick, interval: hour}
  endpoint:
    - {key: notes, remote: back, auth: {appUserToken: {enabled: true}}}
    - {key: events, remote: back, route: {path: /events}, auth: {appSystemToken: {enabled: true}}}
    - {key: tick, remote: back, route: {path: /tick}}
resources:
  - {key: main, path: static}
remotes:
  - {key: back, baseUrl: 'https://back.example.com/v1', operations: [fetch]}
permissions:
  scopes: ['read:confluence-content.summary', 'read:app-user-token', 'read:app-system-token']
"""
TRUST = """\
app: notes
vendor: forgesim's tests
modelled_on: nothing
purpose: everything is the vendor's back end's
subprocessors:
  - {name: Own, hosts: [back.example.com], purpose: notes, location: United States, retention: None,
     receives: [notes, ticks], service: {kind: aws-lambda, handler: back.handle, region: us-east-1}}
reads: {}
stores: []
sends:
  notes:
    method: const POST
    path: const /v1/notes
    headers: {fit.principal: id account, fit.context.extension.content.id: id page}
    body: {n: int 0..9}
  ticks: {method: const POST, path: const /v1/tick, body: {payload: {}}}
logs: metadata
claims: all
sentences: []
scenarios:
  - name: Alice takes notes
    site: demo
    steps:
      - {as: alice, call: notes, with: {path: /notes, method: POST, body: {n: 1}},
         context: {moduleKey: notes-macro, extension: {content: {id: $page}}}}
STEPS
"""
BACK = """\
import base64
import itertools
import json


def handle(event, context):
    token = event["headers"]["authorization"].removeprefix("Bearer ").split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    path, body = event["rawPath"], event.get("body")
    if path.endswith("/missing"):
        return {"statusCode": 404, "body": "{}"}
    if path.endswith("/page"):
        return {"statusCode": 200, "headers": {"content-type": "text/html"}, "body": "<p>"}
    if path.endswith("/moved"):
        return {"statusCode": 302, "headers": {"location": "https://back.example.com/v1/notes"}, "body": ""}
    tokens = sorted(name for name in event["headers"] if name.startswith("x-forge-oauth"))
    told = {"module": said["app"]["module"], "who": said.get("principal"), "where": said.get("context")}
    print(json.dumps([path, list(told["module"].values()), told["who"], tokens, sorted(json.loads(body or "{}"))]))
    STATUS
    answer = {**told, "method": event["requestContext"]["http"]["method"], "body": body, "tokens": tokens}
    return {"statusCode": 200, "headers": {"content-type": "application/json"}, "body": json.dumps(answer)}
"""


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Path]:
    """The app, with further steps, and with a back end that answers events with ``status``."""

    def build(*steps: str, status: int = 200) -> Path:
        folder = tmp_path / "notes"
        (folder / "static").mkdir(parents=True, exist_ok=True)
        (folder / "static" / "index.html").write_text("<html></html>")
        (folder / "manifest.yml").write_text(MANIFEST)
        (folder / "trust.yml").write_text(TRUST.replace("STEPS\n", "".join(f"      - {step}\n" for step in steps)))
        refuses = f'if path.endswith("/events"):\n        return {{"statusCode": {status}}}' if status != 200 else ""
        (folder / "back.py").write_text(BACK.replace("STATUS", refuses))
        return folder

    return build


def sent(crossings: Any) -> list[Crossing]:
    return [each for each in crossings if each.decided.channel == "egress"]


def lines(crossings: Any) -> list[Any]:
    """What the back end says of each request that it took: path, module, who asked, tokens, members of the body."""
    logged = [each.decided.body for each in crossings if each.decided.channel == "log"]
    return [json.loads(body.text) for body in logged]


def body(crossing: Crossing) -> Any:
    said = crossing.decided.body
    assert said is not None
    return json.loads(said.text or "")


def ran(folder: Path, tmp_path: Path) -> Any:
    """What crossed while the first scenario was played."""
    from forgesim.ledger.read import parse

    ledger = tmp_path / "ledger.jsonl"
    done = forgesim("run", str(folder), "--ledger", str(ledger))
    assert done.returncode in (0, 1, 5), done.stderr
    return parse(ledger.read_bytes().splitlines(keepends=True), "ledger")


@pytest.fixture
def app(forge: Forge, make: Callable[..., Path]) -> InstalledApp:
    return forge.install(make(), forge.site("demo", seed=1))


NOTE = {"path": "/notes", "method": "post", "body": {"n": 1}}


def test_a_front_end_asks_the_remote_and_the_token_says_who_and_where(app: InstalledApp) -> None:
    """The back end learns of the person and the page from the token, so the record says that too, and no token."""
    where = {"extension": {"content": {"id": "$page"}, "isEditing": False, "type": "forged"}, "siteUrl": "forged"}
    answer = app.invoke("notes", NOTE, context=where)

    page, alice = app.site.variables["page"], app.site.users
    said = answer["body"]
    assert answer["status"] == 200
    assert said["method"] == "POST"
    assert json.loads(said["body"]) == {"n": 1}
    assert said["module"] == {"type": "xen:macro", "key": "notes-macro"}
    assert alice[said["who"]].handle == "alice"
    assert said["where"]["extension"] == {"content": {"id": page}, "isEditing": False, "type": "macro"}
    assert said["where"]["siteUrl"] == f"https://{app.site.host}"
    assert said["tokens"] == ["x-forge-oauth-user"]
    (asked,) = [each.decided for each in sent(app.ledger.crossings)]
    assert (asked.verb, asked.target, asked.op) == ("POST", "https://back.example.com/v1/notes", "remote back")
    assert dict(asked.headers) == {
        "content-type": "application/json",
        "fit.principal": said["who"],
        "fit.context.extension.content.id": page,
        "fit.context.extension.isEditing": "false",
    }


def test_what_the_remote_answers_is_the_result_of_the_call(app: InstalledApp) -> None:
    """A person sees it, so it crosses as any result does."""
    answer = app.invoke("notes", NOTE)
    (result,) = [each for each in app.ledger.crossings if each.decided.channel == "result"]
    assert body(result) == answer
    (own,) = app.ledger.invocations.values()
    assert (own.open.function, own.open.cause) == ("notes", "user")
    assert own.close is not None
    assert own.close.at - own.open.at == 150


@pytest.mark.parametrize(
    ("path", "why"),
    [
        pytest.param("/missing", "the remote answered 404", id="no success"),
        pytest.param("/moved", "the remote answered 302", id="a redirect"),
        pytest.param("/page", "something other than JSON", id="no JSON"),
    ],
)
def test_a_front_end_gets_an_error(app: InstalledApp, path: str, why: str) -> None:
    with pytest.raises(AppError, match=why):
        app.invoke("notes", {"path": path, "method": "GET"})
    assert len(sent(app.ledger.crossings)) == 1


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"path": "/x", "method": "TRACE"}, id="a method that front ends have not"),
        pytest.param({"path": 1, "method": "GET"}, id="a path that is none"),
        pytest.param({"path": "/x", "method": "GET", "headers": {"a": 1}}, id="a header that is no text"),
        pytest.param({"path": "/x", "method": "GET", "remote": "back"}, id="a member too many"),
    ],
)
def test_a_call_that_no_front_end_can_make_is_bad_input(make: Callable[..., Path], payload: Any) -> None:
    done = forgesim("run", str(make()), "notes", "--with", json.dumps(payload))
    assert done.returncode == 2
    assert done.stdout == ""
    assert "the endpoint 'notes' is called as a front end calls invokeRemote" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_event_and_a_schedule_go_there_by_themselves(make: Callable[..., Path], tmp_path: Path) -> None:
    """The token names the endpoint and nobody. The record has the event, and not what says only which site it is of."""
    found = ran(make("{edit: $page, title: Other}", "{wait: 1 hour}"), tmp_path)

    assert [line[:4] for line in lines(found.crossings)][1:] == [
        ["/v1/events", ["core:endpoint", "events"], None, ["x-forge-oauth-system"]],
        ["/v1/tick", ["core:endpoint", "tick"], None, []],
    ]
    _, event, tick = sent(found.crossings)
    told = body(event)["payload"]
    assert (event.decided.verb, told["eventType"]) == ("POST", "avi:confluence:updated:page")
    assert told["content"]["title"] == "Other"
    assert not told.keys() & {"context", "contextToken"}
    assert body(tick) == {"payload": {}}
    assert [own.open.cause for own in found.invocations.values()] == ["user", "event", "schedule"]


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        pytest.param(500, "INVALID_REMOTE_INVOCATION_ERROR", id="a failure"),
        pytest.param(401, "INVALID_FORGE_INVOCATION_TOKEN", id="a token that it does not take"),
    ],
)
def test_an_event_that_is_not_taken_is_sent_four_times_more(
    make: Callable[..., Path], tmp_path: Path, status: int, reason: str
) -> None:
    found = ran(make("{edit: $page, title: Other}", status=status), tmp_path)
    events = [own for own in found.invocations.values() if own.open.cause == "event"]
    assert len(sent(found.crossings)) == 1 + 5
    assert [later.open.at - first.close.at for first, later in itertools.pairwise(events)] == [60_000] * 4
    assert {own.close.type for own in events} == {reason}
    again = [own.open.input["retryContext"] for own in events[1:]]
    assert again == [{"retryCount": n, "retryReason": reason, "retryData": None} for n in (1, 2, 3, 4)]


def test_a_remote_has_five_seconds_for_a_schedule(make: Callable[..., Path], tmp_path: Path) -> None:
    """It is asked once more after a minute, which it answers."""
    found = ran(make("{fail: back.example.com, with: timeout, times: 1}", "{schedule: hourly}"), tmp_path)
    first, again = [own for own in found.invocations.values() if own.open.cause == "schedule"]
    assert first.close.at - first.open.at == 5_000
    assert again.open.at - first.close.at == 60_000
    assert again.open.input["retryContext"]["retryReason"] == "TIMEOUT_ERROR"
    assert again.close.outcome == "ok"


def test_a_host_that_the_platform_refuses_is_not_asked_again(make: Callable[..., Path], tmp_path: Path) -> None:
    folder = make("{schedule: hourly}")
    manifest = folder / "manifest.yml"
    manifest.write_text(manifest.read_text().replace("https://back", "http://back"))
    found = ran(folder, tmp_path)
    assert [each.decided.decision.rule for each in sent(found.crossings)] == ["not-https", "not-https"]
    assert {own.close.type for own in found.invocations.values()} == {"NotSent"}


def test_what_nobody_documents_is_said_by_name(make: Callable[..., Path]) -> None:
    """What a web trigger would send to an endpoint is not known, so nothing is."""
    folder = make("{webtrigger: hook}")
    manifest = folder / "manifest.yml"
    manifest.write_text(
        manifest.read_text().replace("  trigger:\n", "  webtrigger:\n    - {key: hook, endpoint: tick}\n  trigger:\n")
    )
    done = forgesim("run", str(folder))
    assert done.returncode == 2
    assert "not emulated: the endpoint 'tick', which alone takes the webtrigger 'hook'" in done.stderr


@pytest.mark.slow
def test_a_proof_judges_what_goes_there(forge: Forge, make: Callable[..., Path]) -> None:
    """Who asks and from where is declared or it breaks a claim; what a front end may send besides leaves two open, and
    the place of the remote does not depend on it."""
    folder = make()
    manifest, trust = folder / "manifest.yml", folder / "trust.yml"
    back, trigger = (
        folder / "back.py",
        "  trigger:\n    - {key: on-page, endpoint: events, events: ['avi:confluence:updated:page']}\n",
    )
    manifest.write_text(manifest.read_text().replace(trigger, ""))
    back.write_text("\n".join(line for line in back.read_text().splitlines() if "print(" not in line))

    found = {each.claim: each for each in forge.prove(folder, trials=1, plays=1)}
    assert found["reaches_only_declared"].outcome is Outcome.HOLDS
    assert found["stays_in_region"].outcome is Outcome.HOLDS
    for claim in ("sends_only_declared", "keeps_no_personal_data"):
        assert found[claim].outcome is Outcome.UNPROVEN
        assert "what else its front end may send is not known" in str([each.why for each in found[claim].evidence])

    trust.write_text(trust.read_text().replace("fit.principal: id account, ", ""))
    sends = {each.claim: each for each in forge.prove(folder, trials=1, plays=1)}["sends_only_declared"]
    assert sends.outcome is Outcome.BROKEN
    assert "fit.principal" in str([each.why for each in sends.evidence])


def test_what_the_platform_says_of_a_call_is_no_log_of_the_apps(make: Callable[..., Path], tmp_path: Path) -> None:
    """Nothing of the vendor's runs that could log: its remote is none that trust.yml names, so nobody gets there."""
    folder = make()
    trust = folder / "trust.yml"
    kept = trust.read_text()
    unnamed = kept[: kept.index("subprocessors:")] + kept[kept.index("reads:") :]
    trust.write_text(unnamed.replace("call: notes,", "call: notes, expect: error,"))
    ledger = ran(folder, tmp_path)
    assert any(each.decided.channel == "error" for each in ledger.crossings)
    found = {each.claim: each for each in judge(ledger, load_app(folder).trust)}["logs_hold_no_content"]
    assert (found.outcome, found.says) == (Outcome.UNPROVEN, "the app logged nothing")


@pytest.mark.parametrize("command", [["fuzz", "payloads"], ["fuzz", "payloads", "--json"]])
def test_an_app_without_functions_has_nothing_that_fuzzing_could_call(
    make: Callable[..., Path], command: list[str]
) -> None:
    done = forgesim(command[0], str(make()), *command[1:], "--seconds", "1")
    assert (done.returncode, done.stdout) == (2, "")
    assert "has no function that payloads could call" in done.stderr


def test_a_draft_tells_what_the_platform_sends_by_itself(make: Callable[..., Path]) -> None:
    """What a front end would send nobody rehearses: its code does not run here."""
    folder = make()
    (folder / "trust.yml").unlink()
    done = forgesim("init", str(folder), "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert [each["name"] for each in json.loads(done.stdout)["calls"]] == [
        "trigger avi:confluence:updated:page",
        "schedule hourly",
    ]
    assert "path: const /v1/tick" in (folder / "trust.yml").read_text()
