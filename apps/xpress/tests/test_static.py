"""The export page and the settings page as a person uses them, in Chromium: before the app itself, and before one that
fails."""

from __future__ import annotations

import base64
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from xpress_browser import AUDIT, needs_browser, used  # type: ignore[import-not-found]

from forgesim.testing.kit import Forge

APP = Path(__file__).parents[1]
pytestmark = [pytest.mark.slow, needs_browser]

PRESS = """
await until(() => document.readyState === "complete");
const form = $("export");
const pick = (what) => { form.elements.what.value = what;
  form.querySelector(`[value=${what}]`).dispatchEvent(new Event("change", { bubbles: true })); };
const press = async () => { $("start").click(); await until(() => !$("start").disabled); };
const shown = () => ({ files: lines("files"), problem: $("problem").textContent, status: $("status").textContent,
  missing: lines("missing"), hidden: $("lacking").hidden });
await until(() => typeof pageId === "string");
"""


def file(number: int = 1, **changes: Any) -> dict[str, Any]:
    pdf = base64.b64encode(f"%PDF-1.7 number {number}".encode()).decode()
    made = {
        "fileName": "Home.pdf", "contentType": "application/pdf", "data": pdf, "pages": 40, "sheets": 60, "part": 1,
        "parts": 1, "placeholders": [], "accessible": "pdf/ua-1", "missing": [], "problem": None,
    }  # fmt: skip
    return {**made, **changes}


class Played:
    """A bridge with answers that a test gives; it keeps what was asked."""

    def __init__(self, answer: Callable[[str, Any, int], Any], pages: int = 90) -> None:
        self.asked: list[tuple[str, Any]] = []
        self.pages = [
            {"id": str(n), "title": f"Page {n}", "parent": "", "depth": min(n - 1, 1)} for n in range(1, pages + 1)
        ]
        self.answer = answer

    def __call__(self, verb: str, given: Any) -> Any:
        if verb == "getContext":
            return {"extension": {"content": {"id": "1"}}}
        self.asked.append((given["functionKey"], given.get("payload")))
        if given["functionKey"] == "contents":
            return {"pages": self.pages, "problem": None}
        return self.answer(given["functionKey"], given.get("payload"), self.count("exportTree"))

    def count(self, name: str) -> int:
        return sum(asked == name for asked, _ in self.asked)


def exported(folder: Path, bridge: Any, script: str) -> Any:
    return used(folder, "page", PRESS + script, bridge)


def test_the_page_and_the_app_understand_each_other(forge: Forge, tmp_path: Path) -> None:
    site = forge.site("demo", seed=1)
    app = forge.install(APP, site)

    def bridge(verb: str, given: Any) -> Any:
        if verb == "getContext":
            return {"extension": {"content": {"id": site.variables["page"]}}}
        return app.invoke(given["functionKey"], given.get("payload"), user="alice")

    told = exported(
        tmp_path,
        bridge,
        """
        await press();
        const link = document.querySelector("#files a");
        const head = await (await fetch(link.href)).text();
        return { ...shown(), head: head.slice(0, 5), name: link.download };
        """,
    )
    title = site.pages[site.variables["page"]].title
    assert (told["problem"], told["status"], told["head"], told["name"]) == ("", "Done.", "%PDF-", f"{title}.pdf")
    assert told["files"][0].startswith(f"{title}.pdf, 1 page on ")


def test_a_large_tree_comes_in_batches_of_forty(tmp_path: Path) -> None:
    bridge = Played(lambda name, payload, count: file(count, pages=len(payload["pageIds"])))
    told = exported(tmp_path, bridge, 'pick("tree"); await press(); return shown();')
    assert [each.split(",")[0] for each in told["files"]] == [f"Home ({n} of 3).pdf" for n in (1, 2, 3)]
    sent = [payload["pageIds"] for name, payload in bridge.asked if name == "exportTree"]
    assert [len(each) for each in sent] == [40, 40, 10]
    assert [*chain.from_iterable(sent)] == [str(n) for n in range(1, 91)]
    assert (told["status"], told["problem"]) == ("Done.", "")


def test_a_batch_of_several_parts_is_asked_for_part_by_part(tmp_path: Path) -> None:
    bridge = Played(lambda name, payload, count: file(parts=2, part=payload.get("part", 1)), pages=5)
    told = exported(tmp_path, bridge, 'pick("tree"); await press(); return shown();')
    assert [each.split(",")[0] for each in told["files"]] == ["Home (1 of 2).pdf", "Home (2 of 2).pdf"]
    assert [payload.get("part") for name, payload in bridge.asked if name == "exportTree"] == [None, 2]


FAILURES: dict[str, tuple[Any, str]] = {
    "a service": ({"problem": "Confluence is busy."}, "Confluence is busy."),
    "the app": (RuntimeError("It was killed"), "XPress did not answer: It was killed. What was made until now"),
    "an answer that is nothing": (None, "XPress gave no document."),
    "an answer without a document": ({"problem": None}, "XPress gave no document."),
}  # fmt: skip


@pytest.mark.parametrize(("failure", "words"), FAILURES.values(), ids=FAILURES.keys())
def test_what_was_made_before_a_failure_stays(failure: Any, words: str, tmp_path: Path) -> None:
    def answer(name: str, payload: Any, count: int) -> Any:
        if count == 1:
            return file()
        if isinstance(failure, Exception):
            raise failure
        return failure

    bridge = Played(answer)
    told = exported(tmp_path, bridge, 'pick("tree"); await press(); return shown();')
    assert told["problem"].startswith(words)
    assert (len(told["files"]), told["status"], bridge.count("exportTree")) == (1, "", 2)


def test_cancel_stops_after_the_file_that_is_being_made(tmp_path: Path) -> None:
    bridge = Played(lambda name, payload, count: file(count))
    script = """
    pick("tree"); $("start").click();
    await until(() => !$("progress").hidden);
    $("cancel").click(); const while_stopping = $("status").textContent;
    await until(() => !$("start").disabled);
    return { ...shown(), while_stopping, progress: $("progress").hidden, cancel: $("cancel").hidden };
    """
    told = exported(tmp_path, bridge, script)
    assert (len(told["files"]), bridge.count("exportTree")) == (1, 1)
    assert told["status"] == "Stopped. The files made until then are below."
    assert told["while_stopping"] == "Stopping after the document that is being made"
    assert told["progress"] is told["cancel"] is True


def test_pages_are_chosen_from_a_list_that_is_read_once(tmp_path: Path) -> None:
    bridge = Played(lambda name, payload, count: file(pages=len(payload["pageIds"])), pages=4)
    script = """
    pick("chosen"); pick("chosen"); await until(() => lines("pages").length > 0);
    const listed = lines("pages"); $("none").click(); await press(); const none = $("problem").textContent;
    $("pages").querySelectorAll("input")[2].click(); await press(); return { ...shown(), listed, none };
    """
    told = exported(tmp_path, bridge, script)
    assert told["listed"] == ["Page 1", "Page 2", "Page 3", "Page 4"]
    assert (told["none"], bridge.count("contents")) == ("Choose at least one page.", 1)
    assert bridge.asked[-1] == ("exportTree", {"pageIds": ["3"], "format": "storage"})
    assert told["files"] == ["Home.pdf, 1 page on 60 sheets, accessible (PDF/UA-1)"]


def test_what_a_document_lacks_is_said_in_words(tmp_path: Path) -> None:
    names = [("1", "gallery"), ("2", "gallery"), ("2", "image"), ("2", "file"), ("3", "characters")]
    lacks = [{"page": page, "name": name} for page, name in names]
    bridge = Played(lambda name, payload, count: file(placeholders=lacks, missing=["9"], accessible="tagged"))
    told = exported(tmp_path, bridge, "await press(); return shown();")
    assert told["missing"] == [
        "macro “gallery”, on 2 pages",
        "picture",
        "file that is no picture",
        "characters that no font has",
        "page 9: removed, or you may not see it",
    ]
    again = exported(tmp_path, Played(lambda *_: file()), "await press(); await press(); return shown();")
    assert (again["missing"], again["hidden"], len(again["files"])) == ([], True, 1)


def test_titles_are_text_and_never_markup(tmp_path: Path) -> None:
    bridge = Played(lambda *_: file(fileName="<img src=x onerror=alert(1)>.pdf"), pages=2)
    bridge.pages[1]["title"] = "<img src=x onerror=errors.push(1)>"
    script = """
    pick("chosen"); await until(() => lines("pages").length > 0); await press();
    return { ...shown(), listed: lines("pages"), images: document.images.length };
    """
    told = exported(tmp_path, bridge, script)
    assert (told["images"], told["listed"][1]) == (0, "<img src=x onerror=errors.push(1)>")


def test_settings_are_read_changed_and_kept(forge: Forge, tmp_path: Path) -> None:
    app = forge.install(APP, forge.site("demo", seed=1))

    def bridge(verb: str, given: Any) -> Any:
        return app.invoke(given["functionKey"], given.get("payload"), user="alice")

    script = """
    await until(() => !$("save").disabled);
    const before = [fields.paper.value, fields.size.value, fields.margins.value];
    fields.paper.value = "letter"; fields.language.value = "he"; fields.cover.checked = false; fields.size.value = "12";
    $("save").click(); await until(() => $("status").textContent === "Saved.");
    return { before, problem: $("problem").textContent };
    """
    assert used(tmp_path, "settings", script, bridge) == {"before": ["a4", "10", "normal"], "problem": ""}
    saved = app.invoke("template", user="bob")
    assert {"paper": "letter", "language": "he", "cover": False, "size": 12, "accent": "blue"}.items() <= saved.items()


def test_settings_that_were_not_read_are_not_overwritten(tmp_path: Path) -> None:
    answers: list[Any] = [
        {"problem": "Forge storage had an error of its own; try again later."},
        {"paper": "a5", "accent": "red", "size": 9, "cover": False, "contents": True},
        {"problem": "Forge storage is busy; try again in a minute."},
    ]
    script = """
    await until(() => !$("again").hidden); const first = [$("problem").textContent, $("save").disabled];
    $("again").click(); await until(() => !$("save").disabled); const second = [fields.paper.value, $("again").hidden];
    fields.size.value = "14"; $("save").click(); await until(() => $("problem").textContent);
    const third = [$("problem").textContent, fields.size.value, fields.accent.value, $("status").textContent];
    return { first, second, third };
    """
    assert used(tmp_path, "settings", script, lambda verb, _: {} if verb == "getContext" else answers.pop(0)) == {
        "first": ["Forge storage had an error of its own; try again later.", True],
        "second": ["a5", True],
        "third": ["Forge storage is busy; try again in a minute.", "14", "red", ""],
    }


@pytest.mark.parametrize("dark", [False, True])
def test_the_export_page_hinders_nobody(dark: bool, tmp_path: Path) -> None:
    bridge = Played(
        lambda name, payload, count: {"problem": "Confluence is busy."} if count > 1 else file(missing=["9"])
    )
    script = f'{PRESS} pick("chosen"); await until(() => lines("pages").length > 0); await press(); {AUDIT}'
    assert used(tmp_path, "page", script, bridge, dark=dark) == {"told": [], "dark": dark}


@pytest.mark.parametrize("dark", [False, True])
def test_the_settings_page_hinders_nobody(dark: bool, tmp_path: Path) -> None:
    script = f'await until(() => $("problem").textContent); {AUDIT}'
    found = used(tmp_path, "settings", script, lambda *_: {"problem": "Forge storage is busy."}, dark=dark)
    assert found == {"told": [], "dark": dark}


def test_what_hinders_somebody_is_found(tmp_path: Path) -> None:
    planted = """document.body.insertAdjacentHTML("beforeend", `
      <p style="color: #999; background: #fff">pale</p><input id="bare">
      <table><tr><th>x</th></tr></table><h6>deep</h6><button> </button><svg width="9" height="9"></svg>`);"""
    found = used(tmp_path, "settings", f"{planted} {AUDIT}", lambda *_: {"problem": "no"})["told"]
    assert found == [
        "P pale: 2.8", "bare has no label", "a heading cell without scope: x", "a button without words",
        "a picture without words", "a heading of level 6 too early",
    ]  # fmt: skip


def test_a_blog_post_is_told_that_it_is_none_and_nothing_is_asked(tmp_path: Path) -> None:
    asked = []

    def bridge(verb: str, given: Any) -> Any:
        asked.append(verb)
        return {"extension": {"content": {"id": "1", "type": "blogpost"}}, "theme": {"colorMode": "dark"}}

    script = """
    await until(() => $("status").textContent);
    return [$("status").textContent, $("start").disabled, getComputedStyle(document.body).backgroundColor];
    """
    told = used(tmp_path, "page", script, bridge)
    assert (told, asked) == (["XPress exports pages. This is a blog post.", True, "rgb(29, 33, 37)"], ["getContext"])
