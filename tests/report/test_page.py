"""The pages: one file that loads nothing and runs nothing, whatever an app is called, and says what it is not."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise

import pytest
from lxml import html
from tests.report.conftest import HOSTILE, crossing, ledger, run, verdict

from forgesim.claims.catalog import CATALOG
from forgesim.claims.kit import Outcome
from forgesim.manifest.model import Manifest, Trust
from forgesim.report.carried import DISCLAIMERS
from forgesim.report.centre import Centre, answers_of
from forgesim.report.markup import visible
from forgesim.report.proof_page import proof_page
from forgesim.report.proved import Proved, proved_of
from forgesim.report.trust_page import trust_page

ELEMENTS = frozenset({
    "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "p", "fieldset", "legend", "label", "input",
    "nav", "ul", "li", "span", "bdi", "main", "section", "h2", "dl", "dt", "dd", "code", "h3", "ol", "details",
    "summary", "div", "table", "caption", "thead", "tbody", "tr", "th", "td", "figure", "svg", "desc", "path",
    "g", "rect", "text", "figcaption", "footer",
})  # fmt: skip


def parsed(page: str) -> html.HtmlElement:
    document = html.document_fromstring(page)
    assert isinstance(document, html.HtmlElement)
    return document


@pytest.fixture(params=["proof", "trust"])
def page(request: pytest.FixtureRequest, hostile: Proved, trust: Trust, manifest: Manifest) -> str:
    if request.param == "proof":
        return proof_page([hostile, hostile])
    return trust_page([Centre(proved=hostile, answers=answers_of(hostile, manifest, trust))] * 2)


def test_a_hostile_app_adds_no_element_no_handler_and_no_address(page: str) -> None:
    document = parsed(page)
    assert {each.tag for each in document.iter()} <= ELEMENTS
    names = {str(name) for each in document.iter() for name in each.attrib}
    assert not [name for name in names if name.startswith("on") or name in ("style", "src", "srcset", "action")]
    assert all(str(each.attrib["href"]).startswith("#") for each in document.iter() if "href" in each.attrib)
    assert not [char for char in HOSTILE if not char.isprintable() and char in page]
    assert document.findtext(".//title") == f"{document.findtext('.//h1')}: {visible(HOSTILE)}, {visible(HOSTILE)}"


def test_its_policy_lets_the_style_sheet_in_and_nothing_else(page: str) -> None:
    style = re.findall("<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style[0].encode()).digest()).decode()
    policy = f"default-src &#x27;none&#x27;; style-src &#x27;sha256-{digest}&#x27;; base-uri &#x27;none&#x27;"
    assert f'content="{policy}' in page
    assert len(style) == 1
    assert not re.search(r"url\(|@import|https?:", style[0])


def test_headings_come_in_order_ids_once_and_links_lead_somewhere(page: str) -> None:
    document = parsed(page)
    levels = [int(each.tag[1]) for each in document.iter("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    ids = [each.attrib["id"] for each in document.iter() if "id" in each.attrib]
    assert len(ids) == len(set(ids))
    assert {each.attrib["href"][1:] for each in document.iter("a")} <= set(ids)


def test_every_page_carries_what_it_is_not_and_what_it_is_about(page: str, hostile: Proved) -> None:
    text = parsed(page).text_content()
    for part in (*DISCLAIMERS, "covers: backend", hostile.digest, hostile.created, visible(hostile.version)):
        assert part in text


def test_every_claim_is_there_with_its_words_its_limits_and_its_evidence(hostile: Proved) -> None:
    document = parsed(proof_page([hostile]))
    items = document.find_class("verdicts")[0]
    assert [item.find_class("name")[0].text for item in items] == [claim.name for claim in CATALOG]
    for item, claim, found in zip(items, CATALOG, hostile.verdicts, strict=True):
        text = item.text_content()
        assert claim.limits in text
        assert visible(found.says) in text
        assert ("trust.yml does not make this claim" in text) is not found.claimed
    assert f"{visible(HOSTILE)[:20]}" in items[0].findtext(".//ol/li/p/code")
    assert "#1 egress v " in items[0].text_content()


def test_a_sentence_has_its_worst_verdict_and_the_strengths_or_says_why_nothing_tests_it(hostile: Proved) -> None:
    told = [item.text_content() for item in parsed(proof_page([hostile])).find_class("sentences")[0]]
    assert told[0].startswith("BROKEN It <b>only</b> reads")
    assert "BROKEN" in told[1]
    assert "trust.yml does not make this claim" in told[1]
    assert told[2] == "not tested here It is auditedCannot be tested here: an audit is a document."


def test_targets_of_an_imported_site_are_left_out(trust: Trust) -> None:
    broken = [verdict("only_reads_content", Outcome.BROKEN)]
    for imported in (False, True):
        made = ledger([crossing(1, "confluence", "/secret/title")], runs=[run(imported=imported)])
        page = proof_page([proved_of(made, broken, trust)])
        assert ("/secret/title" in page) is not imported
        assert ("may be real content" in page) is imported


def test_a_run_that_left_the_machine_is_told_to_prove_nothing(trust: Trust) -> None:
    made = ledger(runs=[run(live=("api.example",))])
    assert "requests to api.example really left the machine" in proof_page([proved_of(made, [], trust)])
    assert "really left" not in proof_page([proved_of(ledger(), [], trust)])
