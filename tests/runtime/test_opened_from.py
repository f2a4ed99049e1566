"""Where a call is made from: a step, the command line and the test kit say what a browser would of module and content,
and the claims judge by it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.test_bad_input import forgesim

from forgesim.testing.kit import Forge
from tests.conftest import MANIFEST, TRUST

CODE = """\
from forgesim.sdk import Resolver, api, route

resolver = Resolver()


@resolver.define("call")
async def call(request):
    where = request.context["extension"]
    page = where.get("content", {}).get("id")
    if page is not None:
        await api.as_user().request_confluence(route("/wiki/api/v2/pages/{id}", id=page))
    return {"module": request.context["moduleKey"], "type": where["type"], "page": page}


handler = resolver.handler


async def act(event, context):
    return event
"""
BANNER = """\
  confluence:pageBanner:
    - {key: banner, resource: main, resolver: {function: resolver}}
  action:
    - {key: act-on, name: Act, function: act, actionVerb: GET, description: Acts}
  rovo:agent:
    - {key: agent, name: Agent, prompt: Act, actions: [act-on]}
  function:
    - {key: act, handler: index.act}
"""
STEP = "      - {as: alice, call: call, context: {moduleKey: banner, extension: {content: {id: $page}}}}\n"

MakeApp = Callable[..., Path]


@pytest.fixture
def app(make_app: MakeApp) -> Path:
    manifest = MANIFEST.replace("  function:\n", BANNER)
    head = TRUST[: TRUST.index("    steps:")]
    trust = head.replace("call: spaces, pages", "call: pages of context.extension.content.id") + f"    steps:\n{STEP}"
    return make_app(CODE, manifest=manifest, trust=trust)


def test_the_test_kit_opens_one_of_the_modules_that_share_a_resolver(forge: Forge, app: Path) -> None:
    """Without a word of it the first module is open, with nothing in it; a module that is not there is none."""
    installed = forge.install(app)
    page = installed.site.variables["page"]
    opened = {"extension": {"content": {"id": "$page"}}}

    assert installed.invoke("call") == {"module": "page", "type": "confluence:spacePage", "page": None}
    assert installed.invoke("call", context={"moduleKey": "banner", **opened}) == {
        "module": "banner",
        "type": "confluence:pageBanner",
        "page": page,
    }
    assert installed.invoke("call", context={"moduleKey": "nowhere", **opened})["module"] == "page"


def test_an_action_of_rovo_gets_it_with_its_event(forge: Forge, app: Path) -> None:
    installed = forge.install(app)
    event = installed.invoke(
        "act", {"words": 3}, context={"confluence": {"resourceType": "page", "contentId": "$page"}}
    )
    assert event["words"] == 3
    assert event["context"]["confluence"] == {"resourceType": "page", "contentId": installed.site.variables["page"]}
    assert event["context"]["moduleKey"] == "act-on"


def test_a_step_says_it_and_the_claim_reads_it(app: Path, tmp_path: Path) -> None:
    """The page that is open may be read; where the step opens another, the same read is none of the app's purpose."""
    honest = forgesim("run", str(app), "--json", "--ledger", str(tmp_path / "ledger.jsonl"))
    assert honest.returncode == 0, honest.stderr
    told = json.loads(honest.stdout)
    assert (told["result"]["module"], told["broken"]) == ("banner", [])
    opens = [json.loads(line) for line in (tmp_path / "ledger.jsonl").read_text().splitlines()]
    (opened,) = [each for each in opens if each["kind"] == "open" and each.get("resolver") == "call"]
    assert opened["context"] == {"moduleKey": "banner", "extension": {"content": {"id": told["result"]["page"]}}}

    trust = app / "trust.yml"
    trust.write_text(trust.read_text().replace("context.extension.content.id", "context.extension.parent.id"))
    other = forgesim("run", str(app), "--json")
    assert [each["claim"] for each in json.loads(other.stdout)["broken"]] == ["reads_only_its_purpose"]


def test_the_command_line_says_it(app: Path) -> None:
    given = '{"moduleKey": "banner", "extension": {"content": {"id": "$page"}}}'
    ran = forgesim("run", str(app), "call", "--context", given, "--json")
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout)["result"]["type"] == "confluence:pageBanner"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        pytest.param(["call", "--context", "{"], "--context is not JSON", id="no JSON"),
        pytest.param(["call", "--context", "[]"], "--context is no object", id="no object"),
        pytest.param(["--context", "{}"], "--context belongs to a FUNCTION", id="no function"),
        pytest.param(["call", "--context", '{"extension": "$nothing"}'], "$nothing", id="a variable nobody has"),
    ],
)
def test_what_cannot_be_is_one_error(app: Path, arguments: list[str], says: str) -> None:
    ran = forgesim("run", str(app), *arguments)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert says in ran.stderr


def test_a_steps_context_is_a_map(app: Path) -> None:
    trust = app / "trust.yml"
    trust.write_text(trust.read_text().replace("{moduleKey: banner, extension: {content: {id: $page}}}", "banner"))
    ran = forgesim("run", str(app))
    assert ran.returncode == 2
    assert "the context of a call step" in ran.stderr
