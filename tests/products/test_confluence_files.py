"""Attachments: what is uploaded is there byte for byte, older versions stay, what is hidden is not found."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, strategies as st
from tests.products.conftest import Form, form
from tests.products.test_confluence_writes import storage

from forgesim.products.clock import Clock
from forgesim.products.confluence.call import Call
from forgesim.products.confluence.errors import Refused
from forgesim.products.confluence.uploads import _files
from forgesim.scopes.table import find
from forgesim.site.facts import clone, properties, scan_index
from forgesim.site.model import Label, Site

Ask = Callable[..., Any]
V2, V1 = "/wiki/api/v2", "/wiki/rest/api/content"
ADD = f"{V1}/101/child/attachment"


def test_an_upload_is_downloaded_byte_for_byte(ask: Ask) -> None:
    data = bytes(range(256)) + b"\r\n--cu\r\n\n\r"
    got = ask("POST", ADD, form("a.bin", data, "image/png", minorEdit="true", comment="first"), by="bob")
    (made,) = got.json["results"]
    assert (made["title"], made["extensions"]["fileSize"], made["version"]["number"]) == ("a.bin", len(data), 1)
    back = ask("GET", f"{ADD}/{made['id']}/download", by="app")
    assert (back.json, back.headers["content-type"], back.reads) == (data, "image/png", got.reads)
    assert ask("GET", f"{V2}/attachments/{made['id']}").json["comment"] == "first"


def test_a_new_version_keeps_the_old_one(ask: Ask, site: Site) -> None:
    assert ask("POST", ADD, form("plan a.pdf", minorEdit="true")).status == 400
    ask("PUT", ADD, form("plan a.pdf", b"new", "text/plain", minorEdit="false", comment="better"))
    one = f"{V2}/attachments/701"
    assert ask("GET", one).json["version"]["number"] == 2
    assert [each["number"] for each in ask("GET", f"{one}/versions").json["results"]] == [2, 1]
    assert ask("GET", f"{one}/versions/1").json["nextVersion"] == 2
    assert [ask("GET", f"{ADD}/701/download?version={each}").json for each in (1, 2)] == [b"1234", b"new"]
    assert ask("GET", f"{one}?version=1").json["fileSize"] == 4
    assert ask("GET", f"{one}?version=9").status == 404
    texts = {text[3] for text in scan_index(site).texts if text[:2] == ("attachment", "701")}
    assert {"better", "new"} <= texts


REFUSED = {
    "without the token": (form(minorEdit="true"), {"X-Atlassian-Token": ""}, "alice", 403),
    "of a page that is hidden": (form(minorEdit="true"), {}, "nobody", 404),
    "without minorEdit": (form(), {}, "alice", 400),
    "with another minorEdit": (form(minorEdit="maybe"), {}, "alice", 400),
    "without a name": (form("", minorEdit="true"), {}, "alice", 400),
    "with a path for a name": (form("../x", minorEdit="true"), {}, "alice", 400),
    "of another boundary": (form(minorEdit="true"), {"Content-Type": "multipart/form-data; boundary=no"}, "alice", 400),
    "that is no form": (Form(b"{}"), {"Content-Type": "application/json"}, "alice", 400),
    "that is empty": (Form(b""), {}, "alice", 400),
}


@pytest.mark.parametrize(("body", "headers", "by", "status"), REFUSED.values(), ids=REFUSED.keys())
def test_an_upload_is_refused(ask: Ask, site: Site, body: Form, headers: Any, by: str, status: int) -> None:
    assert ask("POST", ADD, body, by=by, **headers).status == status
    assert len(site.pages["101"].attachments) == 1


@given(st.binary(max_size=300))
def test_no_form_breaks_the_reader(data: bytes) -> None:
    match = find("confluence", "POST", ADD)
    assert match is not None
    call = Call(operation=match.operation, params={}, query=(), body=b"--cut\r\n" + data, account=None, clock=Clock(0),
                headers={"content-type": Form.kind})  # fmt: skip
    with contextlib.suppress(Refused):
        list(_files(call))


def test_who_may_not_edit_the_page_attaches_nothing(ask: Ask) -> None:
    at = f"{V1}/102/child/attachment"
    assert [ask("POST", at, form(minorEdit="true"), by=by).status for by in ("bob", "app", "alice")] == [403, 403, 200]


def test_files_are_trashed_then_purged_by_an_admin(ask: Ask, site: Site) -> None:
    one = f"{V2}/attachments/701"
    assert ask("DELETE", one, by="nobody").status == 404
    assert ask("DELETE", one, by="bob").status == 204
    assert (ask("GET", f"{V2}/attachments").ids, ask("GET", f"{V2}/attachments?status=trashed").ids) == ([], ["att701"])
    assert ask("DELETE", f"{one}?purge=true", by="bob").status == 403
    assert ask("DELETE", f"{one}?purge=true").status == 204
    assert site.pages["101"].attachments == []


def test_files_carry_labels_comments_properties(ask: Ask, site: Site) -> None:
    file = site.pages["101"].attachments[0]
    site.pages["101"].attachments[0] = replace(file, labels=(Label(id="509", name="pdf"),))
    assert ask("GET", f"{V2}/attachments/701/labels").ids == ["509"]
    assert ask("GET", f"{V2}/labels/509/attachments", by="bob").ids == ["att701"]
    made = ask("POST", f"{V2}/footer-comments", {"attachmentId": "att701", "body": storage("nice")}, by="bob").json
    assert ask("GET", f"{V2}/attachments/701/footer-comments").ids == [made["id"]]
    assert made["id"] not in ask("GET", f"{V2}/pages/101/footer-comments").ids
    kept = clone(site)
    assert ask("POST", f"{V2}/attachments/701/properties", {"key": "k", "value": "v"}).status == 200
    assert properties(site)["attachment/701 k"] == '"v"'
    assert "attachment/701 k" not in properties(kept)


@pytest.mark.parametrize("of", ["", "/versions", "/labels", "/operations", "/footer-comments"])
def test_a_file_on_a_hidden_page_is_not_found(ask: Ask, site: Site, of: str) -> None:
    site.pages["101"].viewers = ["712020:alice"]
    assert [ask("GET", f"{V2}/attachments/att701{of}", by=by).status for by in ("alice", "bob", "app")] == [
        200,
        404,
        404,
    ]
    assert ask("GET", f"{V2}/attachments", by="bob").ids == []
