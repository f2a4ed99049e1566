"""What the platform says of people, of the app and of its own URLs, and a model that streams: by the real packages."""

from __future__ import annotations

import pytest
from tests.node.conftest import MakeApp
from tests.node.stories import said

from forgesim.site.facts import access_lists
from forgesim.testing.kit import Forge, InstalledApp

pytestmark = pytest.mark.node


@pytest.fixture
def clerk(forge: Forge, js_app: MakeApp) -> InstalledApp:
    return forge.install(js_app("clerk"), forge.site("demo", seed=1), warm=True, model=["One, two, three. " * 20])


def test_a_model_streams_its_answer(clerk: InstalledApp) -> None:
    """The pieces together are the whole answer, and the last says why it ended."""
    answer = clerk.invoke("say", {"text": "Count."})

    assert answer["text"] == "One, two, three. " * 20
    assert answer["pieces"] > 2
    assert answer["reason"] == "end_turn"
    (asked,) = [each for each in clerk.ledger.crossings if each.decided.channel == "llm"]
    assert said(asked)["stream"] is True


def _hidden(app: InstalledApp, kind: str) -> str:
    """Something that Alice may read and Bob may not."""
    people = {user.handle: account for account, user in app.site.users.items()}
    may = access_lists(app.site, None)
    only = set(may[people["alice"]]) - set(may[people["bob"]])
    return min(ref.partition("/")[2] for ref in only if ref.startswith(f"{kind}/"))


def test_authorize_tells_what_the_caller_may(clerk: InstalledApp) -> None:
    """Alice may edit what Bob may not even see; the package asks as the user, and its paths lack ``/wiki``."""
    issue = clerk.site.issues[_hidden(clerk, "issue")]
    payload = {"issue": int(issue.id), "project": int(issue.project_id), "page": _hidden(clerk, "page")}

    assert clerk.invoke("may", payload) == {
        "edits": True,
        "deletes": True,
        "creates": True,
        "asked": ["EDIT_ISSUES"],
        "reads": True,
        "updates": True,
    }
    bob = clerk.invoke("may", payload, user="bob")
    assert [bob[what] for what in ("edits", "deletes", "creates", "reads", "updates")] == [False] * 5
    asked = [each.decided for each in clerk.ledger.crossings if each.decided.channel in ("jira", "confluence")]
    assert {each.acts_as for each in asked} == {"user"}
    assert len({each.account for each in asked}) == 2


def test_permissions_are_those_that_the_installation_has(clerk: InstalledApp) -> None:
    assert clerk.invoke("granted") == {
        "scope": True,
        "other": False,
        "fetches": True,
        "elsewhere": False,
        "lacks": {"scopes": ["storage:app"]},
    }


def test_urls_of_the_apps_own_web_triggers(clerk: InstalledApp) -> None:
    """One URL for a trigger until another is forced; a deleted one is gone; a trigger that is not there has none."""
    told = clerk.invoke("urls")

    assert told["url"] == told["again"]
    assert told["url"].startswith("https://")
    assert len(told["before"]) == 2
    assert told["after"] == [{"moduleKey": "clerk-hook", "url": told["url"]}]
    assert "Failed to get web trigger URL" in told["unknown"]
    asked = [each.decided for each in clerk.ledger.crossings if each.decided.channel == "platform"]
    assert [each.op for each in asked].count("createWebTriggerUrl") == 4
    assert all(each.decision.allow for each in asked)


def test_a_call_is_made_from_an_issue(clerk: InstalledApp) -> None:
    """The browser says on which issue a panel is open; who looks at it, and which module it is, the platform knows."""
    said_by_browser = {"accountId": "mallory", "extension": {"type": "macro", "issue": {"key": "$issue"}}}

    told = clerk.invoke("where", user="bob", context=said_by_browser)

    bob = next(account for account, user in clerk.site.users.items() if user.handle == "bob")
    assert told == {
        "accountId": bob,
        "moduleKey": "clerk-panel",
        "extension": {"type": "jira:issuePanel", "issue": {"key": clerk.site.variables["issue"]}},
    }
