"""``fuzz APP payloads``: what one call, or a few, bring out is found by the claims themselves, and made small."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from forgesim.errors import InputError
from forgesim.fuzz.asked import HOSTILE
from forgesim.fuzz.campaign import Case, Finding
from forgesim.fuzz.drive import drive
from forgesim.fuzz.payloads import PayloadsCampaign
from forgesim.manifest.load import load_app
from forgesim.manifest.model import App
from forgesim.sandbox.host import Sandbox
from tests.conftest import MANIFEST, TRUST

MAGIC = 'if request.payload.get("mode") == "export-all":'
HONEST = """\
import asyncio, os


@resolver.define("call")
async def call(request):
    if not isinstance(request.payload, dict) or not str(request.payload.get("pageId")).isdigit():
        raise ValueError("pageId is an id")
    answer = await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=str(request.payload["pageId"])))
    page = await answer.json() if answer.status == 200 else {"title": ""}
    LEAK
    await kvs.set("count", len(page["title"]))
    return {"length": len(page["title"])}
"""


def attempt(app: Path, sandbox: Sandbox, case: Case) -> Finding | None:
    campaign = PayloadsCampaign(load_app(app), sandbox=sandbox, hang_s=5.0)
    try:
        return campaign.attempt(case)
    finally:
        campaign.close()


def asked(payload: Any, person: str = "alice") -> dict[str, Any]:
    return {"do": "call", "call": "call", "as": person, "with": payload}


def leaking(leak: str) -> str:
    return HONEST.replace("LEAK", leak)


def test_a_magic_payload_is_found_made_small_and_printed(
    make_app: Callable[..., Path], confined: Sandbox, corpus: Path, pytester: pytest.Pytester
) -> None:
    app = make_app(leaking(f'{MAGIC} log.info(page["title"])'))
    campaign = PayloadsCampaign(load_app(app), sandbox=confined)

    found = {each.kind: each for each in drive(campaign, seed=0, seconds=90, corpus=corpus, most=250).findings}

    assert set(found) == {"logs_hold_no_content"}
    leak = found["logs_hold_no_content"]
    assert [step["with"].keys() for step in leak.case] == [{"pageId", "mode"}]
    assert (leak.case[0]["as"], leak.case[0]["with"]["mode"]) == ("alice", "export-all")
    pytester.makepyfile(test_pasted=leak.pytest)
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(failed=1)
    source = app / "src" / "index.py"
    source.write_text(source.read_text().replace(MAGIC, "if False:"))
    pytester.runpytest_subprocess("-p", "no:randomly").assert_outcomes(passed=1)


PAGE = "$page"
FAILS = {"do": "fail", "fail": "confluence", "with": "500", "times": 1}
ENDS: dict[str, tuple[str, Case, str]] = {
    "a loop": ("while request.payload.get('x'): pass", [asked({"pageId": PAGE, "x": 1})], "the app's process lives"),
    "a wait": ("await asyncio.sleep(1e6)", [asked({"pageId": PAGE})], "every call ends"),
    "an end of the process": ("os._exit(3)", [asked({"pageId": PAGE})], "the app's process lives"),
    "a cursor without end": ("return {'cursor': 1}", [asked({"pageId": PAGE})], "every call ends"),
    "a key that is not there": ("page['nowhere']", [asked({"pageId": PAGE})], "errors are meant"),
    "a title where a failure is met": (
        "if answer.status == 500: log.warn(await spaces())",
        [FAILS, asked({"pageId": PAGE})],
        "logs_hold_no_content",
    ),
    "a later call": (
        "if await kvs.get('count') and page['title']: log.info(page['title'])",
        [asked({"pageId": PAGE}), asked({"pageId": PAGE})],
        "logs_hold_no_content",
    ),
    "a person": (
        "if request.context.account_id == BOB: log.info(page['title'])",
        [asked({"pageId": PAGE}, "bob")],
        "logs_hold_no_content",
    ),
    "a time": (
        "import time\n    if time.time() > 1.8e9: log.info(page['title'])",
        [{"do": "wait", "hours": 24 * 400}, asked({"pageId": PAGE})],
        "logs_hold_no_content",
    ),
    "a value out of its type": (
        "await kvs.set('count', request.payload.get('n', 1))",
        [asked({"pageId": PAGE, "n": 10**6})],
        "stores_only_aggregates",
    ),
    "an id that is none": (
        "await api.as_user().request_confluence(route('/wiki/api/v2/pages/{id}', id='1234'))",
        [asked({"pageId": PAGE})],
        "reads_only_its_purpose",
    ),
}
SPACES = """

async def spaces():
    return (await (await api.as_user().request_confluence(route("/wiki/api/v2/spaces"))).json())["results"][0]["name"]
"""


@pytest.mark.parametrize(("leak", "case", "kind"), ENDS.values(), ids=ENDS)
def test_what_a_call_brings_about_is_told(
    leak: str, case: Case, kind: str, make_app: Callable[..., Path], confined: Sandbox
) -> None:
    trust = TRUST.replace("call: spaces, pages", "call: spaces, pages of payload.pageId")
    plain = PayloadsCampaign(load_app(make_app(leaking("pass") + SPACES, trust=trust)), sandbox=confined)
    site = plain._site
    case = [_with_page(step, site.variables["page"]) for step in case]
    assert plain.attempt(case) is None
    bob = next(user.account_id for user in site.users.values() if user.handle == "bob")

    app = make_app(leaking(leak.replace("BOB", repr(bob))) + SPACES, trust=trust, name="leaky")
    found = attempt(app, confined, case)

    assert found is not None
    assert found.kind == kind


def _with_page(step: dict[str, Any], page: str) -> dict[str, Any]:
    if step["do"] != "call":
        return step
    return {**step, "with": {key: page if value == PAGE else value for key, value in step["with"].items()}}


def test_a_wait_that_a_silent_service_causes_is_no_finding(make_app: Callable[..., Path], confined: Sandbox) -> None:
    app = make_app(leaking("pass"))
    silent = {"do": "fail", "fail": "confluence", "with": "timeout", "times": 1}
    assert attempt(app, confined, [silent, asked({"pageId": "1"})]) is None
    assert attempt(app, confined, [asked({"pageId": "1"})]) is None


def test_a_reference_app_stands_it_and_its_calls_are_counted(pulse: App, confined: Sandbox, corpus: Path) -> None:
    campaign = PayloadsCampaign(pulse, sandbox=confined)
    tally = drive(campaign, seed=1, seconds=60, corpus=corpus, most=25)
    assert tally.findings == ()
    assert tally.tried >= 25
    assert 0 < tally.allowed < tally.tried


def test_every_hostile_value_reaches_the_app(make_app: Callable[..., Path], confined: Sandbox) -> None:
    """The app refuses one value for each call, so that each has arrived."""
    app = make_app('@resolver.define("call")\nasync def call(request):\n    return {"is": request.payload["x"]}\n')
    campaign = PayloadsCampaign(load_app(app), sandbox=confined)
    for start in range(0, len(HOSTILE), 10):
        calls = [asked({"x": value}) for value in HOSTILE[start : start + 10]]
        assert campaign.attempt(calls) is None
    assert campaign.allowed == campaign.tried == len(HOSTILE)


@pytest.mark.parametrize("step", [{"do": "dance"}, {"do": "fail", "fail": "kvs", "with": "418"}], ids=str)
def test_a_step_that_is_none_is_refused(step: dict[str, Any], make_app: Callable[..., Path], confined: Sandbox) -> None:
    with pytest.raises(InputError, match=r"dance|418"):
        attempt(make_app(leaking("pass")), confined, [step])


def test_events_come_from_nobody(make_app: Callable[..., Path], confined: Sandbox) -> None:
    triggered = MANIFEST.replace(
        "  function:\n",
        "  trigger:\n    - key: t\n      function: listen\n      events: [avi:confluence:updated:page]\n"
        "  function:\n    - key: listen\n      handler: index.listen\n",
    )
    body = "async def listen(event, context):\n    if context.get('principal'): raise ValueError('a person')\n"
    app = make_app(leaking("pass") + "\n\n" + body, manifest=triggered)
    campaign = PayloadsCampaign(load_app(app), sandbox=confined)
    assert campaign.attempt([{"do": "call", "call": "listen", "as": "alice", "with": {}}]) is None
    assert campaign._causes == {"listen": "event"}


FROM_A_PAGE = """\
@resolver.define("call")
async def call(request):
    return len(request.context["extension"]["content"]["id"])
"""


def test_calls_are_made_from_where_the_scenarios_make_them(make_app: Callable[..., Path], confined: Sandbox) -> None:
    """The module is open on a page each time: an app that counts on it is not caught unready by a call from nowhere."""
    step = "      - {as: alice, call: call"
    assert step in TRUST
    opened = TRUST.replace(step, f"{step}, context: {{extension: {{content: {{id: $page}}}}}}")

    assert attempt(make_app(FROM_A_PAGE, trust=opened), confined, [asked({})]) is None
    found = attempt(make_app(FROM_A_PAGE, name="elsewhere"), confined, [asked({})])
    assert found is not None
    assert "KeyError" in found.says
