"""Downloading an attachment gives the file, to those who see its page."""

from __future__ import annotations

import pytest

from forgesim.clock import EPOCH_MS
from forgesim.products.answer import ProductAnswer
from forgesim.products.confluence.service import Confluence
from forgesim.scopes.table import find, normalise
from forgesim.site.model import Site

PATH = "/wiki/rest/api/content/{page}/child/attachment/{id}/download"


def download(site: Site, page: str, id_: str, account: str | None = "712020:bob", query: str = "") -> ProductAnswer:
    path, pairs = normalise(PATH.format(page=page, id=id_) + query)
    match = find("confluence", "GET", path)
    assert match is not None
    return Confluence(site).perform(match.operation, match.params, pairs, b"", account=account, now_ms=EPOCH_MS)


@pytest.mark.parametrize("id_", ["701", "att701"])
def test_the_bytes_come_as_they_are(site: Site, id_: str) -> None:
    got = download(site, "101", id_)
    assert (got.answer.status, got.answer.body, got.reads) == (200, b"1234", ("attachment/701",))
    assert dict(got.answer.headers) == {"content-type": "application/pdf"}


MISSING = {
    "of another page": ("102", "701", "712020:alice"),
    "that is not there": ("101", "999", "712020:alice"),
    "for nobody": ("101", "701", None),
}


@pytest.mark.parametrize(("page", "id_", "account"), MISSING.values(), ids=MISSING.keys())
def test_a_file_is_not_found(site: Site, page: str, id_: str, account: str | None) -> None:
    assert download(site, page, id_, account).answer.status == 404


def test_one_on_a_hidden_page_is_not_found(site: Site) -> None:
    site.pages["101"].viewers = ["712020:alice"]
    assert [download(site, "101", "701", who).answer.status for who in ("712020:alice", "712020:bob")] == [200, 404]


def test_a_version_that_is_not_there_is_not_found(site: Site) -> None:
    assert download(site, "101", "701", query="?version=2").answer.status == 404
