"""Pages are moved with all below them, copied with what is asked for, and put back to what they were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from tests.products.test_confluence_writes import update

from forgesim.site.model import Site

Ask = Callable[..., Any]
V2, V1 = "/wiki/api/v2", "/wiki/rest/api/content"


def below(ask: Ask, page: str) -> list[str]:
    return list(ask("GET", f"{V2}/pages/{page}/direct-children?limit=250").ids)


@pytest.mark.parametrize(
    ("position", "order"),
    [("before", ["101", "105", "102", "103"]), ("after", ["101", "102", "105", "103"])],
)
def test_a_page_takes_its_place_beside_another(ask: Ask, position: str, order: list[str]) -> None:
    assert below(ask, "100") == ["101", "102", "103", "105"]
    assert ask("PUT", f"{V1}/105/move/{position}/102").json == {"pageId": "105"}
    assert below(ask, "100") == order


def test_a_page_moves_with_all_below_it_to_another_space(ask: Ask, site: Site) -> None:
    got = ask("PUT", f"{V1}/103/move/append/200")
    assert [site.pages[each].space_id for each in ("103", "104")] == ["20", "20"]
    assert (below(ask, "200"), below(ask, "103")) == (["103"], ["104"])
    assert got.happened[0].payload["prevContent"]["space"]["key"] == "DOCS"


MOVES = [
    ("103/move/append/104", "alice", 400),
    ("101/move/append/101", "alice", 400),
    ("101/move/into/102", "alice", 400),
    ("101/move/append/106", "alice", 400),
    ("102/move/append/101", "bob", 403),
    ("101/move/append/103", "bob", 404),
    ("103/move/append/101", "bob", 404),
]


@pytest.mark.parametrize(("path", "by", "status"), MOVES)
def test_a_move_is_refused(ask: Ask, site: Site, path: str, by: str, status: int) -> None:
    before = {page.id: page.parent_id for page in site.pages.values()}
    assert ask("PUT", f"{V1}/{path}", by=by).status == status
    assert {page.id: page.parent_id for page in site.pages.values()} == before


def test_a_copy_has_what_is_asked_for(ask: Ask, site: Site) -> None:
    asked = {"destination": {"type": "space", "value": "SEC"}, "copyAttachments": True, "copyProperties": True}
    made = ask("POST", f"{V1}/101/copy", asked)
    copy = site.pages[made.json["id"]]
    assert (copy.space_id, copy.title, copy.version, copy.properties) == (
        "20",
        "Page 101",
        1,
        {"b": 1, "a": {"x": [1]}},
    )
    assert [each.data for each in copy.attachments] == [b"1234"]
    assert copy.attachments[0].id != "701"
    assert (copy.comments, copy.labels, copy.views) == ([], [], 0)
    assert made.happened[0].payload["originContentId"] == "101"
    copy.properties["b"] = 2
    assert site.pages["101"].properties["b"] == 1


COPIES = [
    ("101", {"type": "parent_page", "value": "100"}, "alice", 400),
    ("101", {"type": "nowhere", "value": "1"}, "alice", 400),
    ("101", {"type": "existing_page", "value": "102"}, "alice", 501),
    ("101", {"type": "space", "value": "SEC"}, "bob", 404),
    ("103", {"type": "space", "value": "DOCS"}, "bob", 404),
    ("101", {"type": "space", "value": "DOCS"}, "nobody", 404),
]


@pytest.mark.parametrize(("page", "to", "by", "status"), COPIES)
def test_a_copy_is_refused(ask: Ask, site: Site, page: str, to: Any, by: str, status: int) -> None:
    before = len(site.pages)
    assert ask("POST", f"{V1}/{page}/copy", {"destination": to}, by=by).status == status
    assert len(site.pages) == before


def restored(number: int, **also: Any) -> dict[str, Any]:
    return {"operationKey": "restore", "params": {"versionNumber": number, "message": "back", **also}}


def test_an_older_version_comes_back_as_a_new_one(ask: Ask, site: Site) -> None:
    ask("PUT", f"{V2}/pages/101", update(title="Renamed"))
    got = ask("POST", f"{V1}/101/version", restored(1), by="bob").json
    assert (got["number"], got["message"], got["by"]["accountId"]) == (3, "back", "712020:bob")
    assert (site.pages["101"].title, site.pages["101"].body) == ("Renamed", "<p>Body 101</p>")
    ask("POST", f"{V1}/101/version", restored(1, restoreTitle=True))
    assert site.pages["101"].title == "Page 101"
    assert ask("POST", f"{V1}/101/version", restored(9)).status == 400
    assert ask("POST", f"{V1}/102/version", restored(1), by="bob").status == 403
    assert ask("POST", f"{V1}/103/version", restored(1), by="bob").status == 404
