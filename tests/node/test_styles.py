"""Small apps in the styles of public ones run as they are, each with a story: what came of it, and what crossed."""

from __future__ import annotations

import msgspec
import pytest
from tests.node.conftest import MakeApp
from tests.node.stories import play, said

pytestmark = pytest.mark.node

RESOLVER = {"@forge/resolver": "@forge/resolver", "@esbuild": "@esbuild"}
NOTHING = {"tested": False, "documented": False, "announced": False}


def test_a_resolver_behind_a_page_of_ui_kit(js_app: MakeApp) -> None:
    """``poll``: two people vote; who names another choice, or a page that is not there, changes nothing."""
    story = play(js_app("poll"))
    page = story.site.variables["page"]

    assert [result.get("message", result) for result in story.results] == [
        {"up": 1, "down": 0},
        {"up": 1, "down": 1},
        "a vote is up or down",
        "no such page: 404",
        "a page has a number",
        {"up": 1, "down": 1},
    ]
    kept = [{"up": 1, "down": 0}, {"up": 1, "down": 1}]
    assert story.written("kvs") == [(f"poll:{page}", {"key": f"poll:{page}", "value": value}) for value in kept]
    assert story.told("confluence") == [f"GET /wiki/api/v2/pages/{of}" for of in (page, page, "1", page)]
    assert {each.decided.acts_as for each in story.crossings("confluence")} == {"user"}


def test_a_back_end_of_a_custom_ui(js_app: MakeApp) -> None:
    """``board``: every issue of the project is counted, page by page, and a key cannot smuggle a query in."""
    story = play(js_app("board"))
    counts, refused = story.results
    project = story.site.variables["project"]
    issues = [issue for issue in story.site.issues.values() if issue.key.startswith(f"{project}-")]

    assert sum(counts.values()) == len(issues)
    assert counts.keys() >= {"To Do", "Done"}
    assert refused["message"] == "this is no key of a project"
    asked = [said(each) for each in story.crossings("jira")]
    assert len(asked) == -(-len(issues) // 20)
    assert {each["jql"] for each in asked} == {f'project = "{project}" ORDER BY key'}
    assert [each.decided.body.text for each in story.crossings("log") if each.decided.body] == [
        f"columns {len(counts)}"
    ]


def test_a_trigger_and_an_entity(js_app: MakeApp) -> None:
    """``edits``: each edit of a page is a row of the entity, and its index gives the latest first."""
    story = play(js_app("edits"))
    page = story.site.variables["page"]
    rows = [value["value"] for _, value in story.written("entity")]

    assert [row["page"] for row in rows] == [page, page]
    assert story.results == [None, None, rows[::-1]]
    assert [opened.open.cause for opened in story.ledger.invocations.values()] == ["import", "event", "event", "user"]
    (query,) = [said(each) for each in story.crossings("entity") if each.decided.verb == "query"]
    assert query == {"entityName": "edit", "indexName": "by-page", "partition": [page], "sort": "DESC", "limit": 5}


def test_a_schedule_and_a_queue(js_app: MakeApp) -> None:
    """``digest``: one run pushes an event a space, and each is counted in a run of its own, as the app."""
    story = play(js_app("digest"))
    (pushed,) = [said(each) for each in story.crossings("queue")]
    spaces = [event["body"]["space"] for event in pushed["payload"]]
    assert [opened.open.cause for opened in story.ledger.invocations.values()] == ["import", "schedule", *["queue"] * 2]
    shown = {
        f"pages:{space}": sum(
            ref.startswith("page/")
            for each in story.crossings("confluence")
            if each.answered and f"/spaces/{space}/pages" in each.decided.target
            for ref in each.answered.reads
        )
        for space in spaces
    }
    assert {key: row["value"]["pages"] for key, row in story.written("kvs")} == shown
    assert 0 < sum(shown.values()) < len(story.site.pages)  # restricted pages are not the app's to see
    assert {each.decided.acts_as for each in story.crossings("confluence")} == {"app"}


def test_a_macro_that_exports_itself(js_app: MakeApp) -> None:
    """``callout``: TSX makes a document of Atlassian's format, and of a page that is not there no title."""
    story = play(js_app("callout"))
    title = story.site.pages[story.site.variables["page"]].title
    text = [{"type": "text", "text": "Mind the gap"}]
    where = [{"type": "text", "text": f"Exported to pdf from {title}"}]
    body = [{"type": "paragraph", "content": text}, {"type": "paragraph", "content": where}]

    exported, empty = story.results
    panel = {"type": "panel", "attrs": {"panelType": "warning"}, "content": body}
    assert exported == {"type": "doc", "content": [panel], "version": 1}
    assert empty["content"][0]["attrs"] == {"panelType": "info"}
    assert empty["content"][0]["content"][1]["content"][0]["text"].endswith("a page that you may not see")
    assert story.written("kvs", "property", "confluence") == []


def test_a_panel_that_keeps_a_property_of_an_issue(js_app: MakeApp) -> None:
    """``checklist``: what Alice ticks off rests with the issue, where Bob finds it."""
    story = play(js_app("checklist"))
    path = f"/rest/api/3/issue/{story.site.variables['issue']}/properties/checklist"
    tested, both = {**NOTHING, "tested": True}, {**NOTHING, "tested": True, "documented": True}

    assert [result.get("message", result) for result in story.results] == [
        NOTHING,
        tested,
        both,
        "the list has no such item",
        both,
    ]
    assert story.written("property") == [(path, tested), (path, both)]
    by_handle = {user.handle: account for account, user in story.site.users.items()}
    alice, bob = by_handle["alice"], by_handle["bob"]
    assert [each.decided.account for each in story.crossings("jira", "property")] == [alice] * 5 + [bob]


def test_a_gadget_of_a_dashboard(js_app: MakeApp) -> None:
    """``backlog``: two questions at once, and a count a day, which a query finds when some time has passed."""
    story = play(js_app("backlog"))
    first, second = story.results

    assert story.told("kvs") == [
        "set gadget:17:2026-01-05",
        "query gadget:17:",
        "set gadget:17:2026-01-06",
        "query gadget:17:",
    ]
    assert (first["days"], second["days"]) == ([], ["2026-01-05"])
    assert first["open"] + first["closed"] == sum(
        issue.key.startswith(f"{story.site.variables['project']}-") for issue in story.site.issues.values()
    )
    one, other, *_ = [each.decided for each in story.crossings("jira")]
    assert (one.at, one.op) == (other.at, other.op)


def test_a_web_trigger(js_app: MakeApp) -> None:
    """``intake``: who has the token is counted; who has not is told so, and leaves no row."""
    story = play(js_app("intake"))
    answers = [said(each) for each in story.crossings("webtrigger")]

    assert [(each["statusCode"], msgspec.json.decode(each["body"])) for each in answers] == [
        (200, {"builds": 1}),
        (200, {"builds": 2}),
        (400, {"builds": 0}),
        (401, {"builds": 0}),
    ]
    assert [row["value"] for _, row in story.written("kvs")] == [{"passed": 1, "failed": 0}, {"passed": 1, "failed": 1}]
    assert [each.decided.verb for each in story.crossings("log")] == ["warn"]


def test_an_action_of_a_rovo_agent(js_app: MakeApp) -> None:
    """``finder``: what the model asks for becomes words of a query, and no part of its grammar."""
    story = play(js_app("finder"))
    found, tricked = story.results
    titles = {page.id: page.title for page in story.site.pages.values()}

    assert len(found["pages"]) == 2
    assert all(titles[page["id"]] == page["title"] for page in found["pages"])
    assert all("plan" in page["title"].lower() for page in found["pages"])
    assert len(tricked["pages"]) <= 1
    assert "%22plan%20%20OR%20id%20%20%20%200%22" in story.told("confluence")[1]


def test_a_question_to_forge_llm(js_app: MakeApp) -> None:
    """``gist``: the text of a page goes to the model and its answer to who asked; a busy model is said in words."""
    story = play(js_app("gist"))
    answer, busy = story.results

    assert answer["gist"]
    assert busy == {"problem": "The model is busy; try again in a minute."}
    asked = [said(each) for each in story.crossings("llm")]
    assert [message["role"] for message in asked[0]["messages"]] == ["system", "user"]
    assert story.told("llm") == ["chat claude-haiku-4-5-20251001"] * 2
    assert story.written("kvs", "entity", "property", "confluence") == []


def test_storage_as_apps_used_it_before_kvs(js_app: MakeApp) -> None:
    """``diary``, on @forge/api 3: its GraphQL is the store's own calls, and the ledger has it as such."""
    story = play(js_app("diary", {**RESOLVER, "@forge/api": "forge-api-3"}))

    assert story.results == [
        {"mood": 4},
        {"mood": 2},
        [["day-2026-01-05", 4], ["day-2026-01-06", 2]],
        True,
        [["day-2026-01-05", 4]],
    ]
    assert story.told("platform") == []
    kept = [(key, row["value"]) for key, row in story.written("kvs") if "value" in row]
    assert kept == [("day-2026-01-05", {"mood": 4}), ("day-2026-01-06", {"mood": 2})]


def test_requests_as_apps_made_them_before_the_runtime_had_fetch(js_app: MakeApp) -> None:
    """``notifier``, on @forge/api 4: products and the outside come by ``https.request``, and strangers are refused."""
    story = play(js_app("notifier", {**RESOLVER, "@forge/api": "forge-api-4"}))
    issue = story.site.variables["issue"]

    assert story.told("jira") == [f"PUT /rest/api/3/issue/{issue}", f"GET /rest/api/3/issue/{issue}?fields=summary"]
    sent, refused = story.crossings("egress")
    assert said(sent) == {"issue": issue, "summary": "Paint the shed"}
    assert (sent.decided.target, sent.decided.decision.allow) == ("https://hooks.example.com/in", True)
    assert (refused.decided.target, refused.decided.decision.allow) == ("https://elsewhere.example.com/", False)
