from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from forgesim.clock import parse_time
from forgesim.errors import InputError
from forgesim.site.access import may_view_page
from forgesim.site.facts import digest
from forgesim.site.folder import MAX_FILE_BYTES
from forgesim.site.history import read_git_log
from forgesim.site.markdown import import_folder
from forgesim.site.model import Page, Site
from forgesim.site.storage import storage_problem
from forgesim.site.twin import twin

Write = Callable[..., Site]
CODE = (
    '<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:parameter ac:name="language">{}</ac:parameter>'
    "<ac:plain-text-body>{}</ac:plain-text-body></ac:structured-macro>"
)
FRONT = "---\ntitle: Title\ndate: 2025-03-01\n---\n"


def write_files(folder: Path, files: dict[str, str | bytes]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())


@pytest.fixture
def docs(tmp_path: Path) -> Write:
    """Writes files into a folder ``docs`` and imports it."""

    def write(files: dict[str, str | bytes], keep_authors: bool = False) -> Site:
        write_files(tmp_path / "docs", files)
        return import_folder(tmp_path / "docs", name="docs", seed=1, keep_authors=keep_authors)

    return write


def page(site: Site, title: str) -> Page:
    return next(page for page in site.pages.values() if page.title == title)


def body(site: Site, title: str) -> str:
    return page(site, title).body


def handle(site: Site, name: str) -> str:
    return next(user.account_id for user in site.users.values() if user.handle == name)


@pytest.mark.parametrize(
    ("markdown", "storage"),
    [
        ("plain *em* **strong** `code`", "<p>plain <em>em</em> <strong>strong</strong> <code>code</code></p>"),
        ("## Two\n\n#### Four", "<h2>Two</h2><h4>Four</h4>"),
        ("- a\n- b", "<ul><li>a</li><li>b</li></ul>"),
        ("1. a\n\n2. b", "<ol><li><p>a</p></li><li><p>b</p></li></ol>"),
        ("> said", "<blockquote><p>said</p></blockquote>"),
        ("a\\\nb\n\n---", "<p>a<br />b</p><hr />"),
        ("~~gone~~", "<p><del>gone</del></p>"),
        ("a < b & c", "<p>a &lt; b &amp; c</p>"),
        (
            "| A | B |\n|---|---|\n| 1 | 2 |",
            "<table><tbody><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></tbody></table>",
        ),
        (
            "```python title=x\nif a < b: ]]>\n```",
            CODE.format("python", "<![CDATA[if a < b: ]]]]><![CDATA[>]]>"),
        ),
        ("[out](https://a.example/x?a=1&b=2)", '<p><a href="https://a.example/x?a=1&amp;b=2">out</a></p>'),
        ("[up](#part)", '<p><ac:link ac:anchor="part"><ac:link-body>up</ac:link-body></ac:link></p>'),
        (
            "[lost](gone.md)",
            '<p><ac:link><ri:page ri:content-title="gone.md" /><ac:link-body>lost</ac:link-body></ac:link></p>',
        ),
        ("![far](https://a.example/b.png)", '<p><ac:image ac:alt="far"><ri:url ri:value="https://a.example/b.png" />'),
        ("![](lost.png)", '<p><ac:image><ri:attachment ri:filename="lost.png" /></ac:image></p>'),
        ("a<br>b <b>bold <i>both</b> x", "<p>a<br />b <strong>bold <em>both x</em></strong></p>"),
        ("*a <b>b* c</b>", "<p><em>a <strong>b</strong></em> c</p>"),
        ("<Note kind={1}>text</Note>", "<p>text</p>"),
        ("<table><tr><td>x & y</td></tr></table>", "<table><tr><td>x &amp; y</td></tr></table>"),
        ("<div><p>one</p><script>alert(1)</script></div>", "<p>one</p>"),
        ("<!-- a note -->", ""),
    ],
)
def test_markdown_becomes_storage_format(docs: Write, markdown: str, storage: str) -> None:
    got = body(docs({"a.md": FRONT + markdown}), "Title")
    assert got.startswith(storage)
    assert bool(got) == bool(storage)
    assert storage_problem(got) is None


def test_raw_html_nests_only_so_deep(docs: Write) -> None:
    got = body(docs({"a.md": FRONT + "<b>" * 5_000 + "x"}), "Title")
    assert got.count("<strong>") == got.count("</strong>") < 200
    assert "x" in got


def test_links_between_files_become_page_links(docs: Write) -> None:
    site = docs(
        {
            "README.md": "# Home\n[guide](guide/setup.md#first), [api](./guide/) [no ending](guide/setup)",
            "guide/setup.md": "# Set *it* up\n[back](../README.md) [page](/guide/setup.html)",
        }
    )
    assert 'ac:anchor="first"><ri:page ri:content-title="Set it up" />' in body(site, "Home")
    assert '<ri:page ri:content-title="Guide" />' in body(site, "Home")
    assert body(site, "Home").count('ri:content-title="Set it up"') == 2
    assert 'ri:content-title="Home"' in body(site, "Set it up")
    assert 'ri:content-title="Set it up"' in body(site, "Set it up")


def test_links_from_the_top_of_a_published_site_are_found(docs: Write) -> None:
    site = docs({"content/01-start/02-first.md": "# First\n", "content/b.md": "# B\n[x](/docs/start/first) [y](/no)"})
    assert 'ri:content-title="First"' in body(site, "B")
    assert '<a href="/no">' in body(site, "B")


def test_pictures_are_attached(docs: Write) -> None:
    site = docs({"a/b.md": "# B\n![shot](../img/x%20y.png) ![](img/x%20y.png) ![again](../img/x%20y.png)",
                 "img/x y.png": b"one", "a/img/x y.png": b"two"})  # fmt: skip
    files = [(each.title, each.data, each.media_type) for each in page(site, "B").attachments]
    assert files == [("x y.png", b"one", "image/png"), ("a-img-x y.png", b"two", "image/png")]
    assert body(site, "B").count('ri:filename="x y.png"') == 2


def test_the_tree_is_the_folders(docs: Write) -> None:
    site = docs({"index.md": "# Top", "b/README.md": "# Bee", "b/c/d.md": "# Dee", "a.md": "no heading"})
    parents = {p.title: site.pages[p.parent_id].title if p.parent_id else None for p in site.pages.values()}
    assert parents == {"Top": None, "A": "Top", "Bee": "Top", "C": "Bee", "Dee": "C"}
    space = next(iter(site.spaces.values()))
    assert (space.key, space.name, space.homepage_id) == ("DOCS", "Top", page(site, "Top").id)
    assert 'ac:name="children"' in body(site, "C")


def test_front_matter_tells_title_dates_labels_and_owner(docs: Write) -> None:
    site = docs(
        {
            "a.md": "---\ntitle: 'A: page'\ncreated: 2024-01-02\nupdated: 2025-02-03T04:05:06Z\n"
            "author: Jane Roe\nowner: John Poe\ntags: [How To, api]\nlabels: x\n---\n# Heading\ntext",
            "b.md": '+++\ntitle = "Toml"\ndate = 2025-01-01\n+++\ntext',
        }
    )
    got = page(site, "A: page")
    assert "<h1>Heading</h1>" in got.body
    assert (got.created_at, got.updated_at) == (parse_time("2024-01-02"), parse_time("2025-02-03T04:05:06Z"))
    assert [label.name for label in got.labels] == ["x", "how-to", "api"]
    assert site.users[got.author].name == "Author 1"
    assert site.users[got.owner or ""].name == "Author 2"
    assert page(site, "Toml").updated_at == parse_time("2025-01-01")
    assert page(site, "Toml").owner is None


def test_authors_are_named_only_when_asked(docs: Write) -> None:
    files: dict[str, str | bytes] = {"a.md": "---\nauthor: Jane Roe\n---\n# A"}
    assert "Jane Roe" not in repr(docs(files))
    assert "Jane Roe" in {user.name for user in docs(files, keep_authors=True).users.values()}


def test_the_clock_starts_on_the_day_after_the_newest_date(docs: Write) -> None:
    site = docs({"a.md": "---\ndate: 2025-03-01T23:00:00Z\n---\n# A", "b.md": "---\ndate: 2024-01-01\n---\n# B"})
    assert site.clock_ms == parse_time("2025-03-02T09:00:00Z")
    assert not site.synthetic


def test_dates_come_from_history_else_from_the_file(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.md": "# A", "b.md": "# B"})
    os.utime(tmp_path / "b.md", (1_600_000_000, 1_600_000_000))
    log = "\x1e1700000000\x1fAnn\n\na.md\nz.md\n\x1e1690000000\x1fBen\n\na.md\n"
    site = import_folder(tmp_path, name="x", seed=1, history=read_git_log(log), keep_authors=True)
    a, b = page(site, "A"), page(site, "B")
    assert (a.created_at, a.updated_at) == (1_690_000_000_000, 1_700_000_000_000)
    assert (site.users[a.author].name, site.users[a.updated_by].name) == ("Ben", "Ann")
    assert (b.updated_at, b.owner) == (1_600_000_000_000, None)


@pytest.mark.parametrize(
    ("files", "titles"),
    [
        ({"a/x.md": "# Same", "b/x.md": "# Same", "b/y.md": "# same"}, {"Same", "Same (b)", "same (b) 2"}),
        ({"a/x.md": "# Docs"}, {"Docs", "Docs (a)"}),
        ({"07-last_step.md": "x"}, {"Last step"}),
        ({"a.md": "# " + "long " * 90}, {("long " * 60)[:255].strip()}),
        ({"a.md": "Setext\n===\n"}, {"Setext"}),
        ({"a.md": "<!-- note -->\n# After a note\n"}, {"After a note"}),
        ({"a.md": "text\n\n# Not first\n"}, {"A"}),
    ],
)
def test_titles_are_unique(docs: Write, files: dict[str, str | bytes], titles: set[str]) -> None:
    assert titles <= {page.title for page in docs(files).pages.values()}


def test_ids_follow_from_paths_alone(docs: Write) -> None:
    before = docs({"a.md": "# A", "b.md": "# B", "c.md": "# C"})
    after = docs({"a.md": "# Other", "aa.md": "# New"})
    assert set(before.pages) < set(after.pages)
    assert page(before, "A").id == page(after, "Other").id


def test_an_import_is_repeatable(docs: Write) -> None:
    files: dict[str, str | bytes] = {"a.md": FRONT, "b/c.md": "---\ndate: 2020-01-01\n---\n[a](../a.md)"}
    assert digest(docs(files)) == digest(docs(files))


def test_bob_does_not_see_one_folder(docs: Write) -> None:
    site = docs({"a/1.md": "# One", "a/2.md": "# Two", "b/3.md": "# Three", "c.md": "# Four"})
    seen = {p.title for p in site.pages.values() if may_view_page(site, handle(site, "bob"), p)}
    assert {p.title for p in site.pages.values()} - seen == {"B", "Three"}
    assert all(may_view_page(site, handle(site, "alice"), p) for p in site.pages.values())
    assert site.pages[site.variables["page"]].title in seen
    assert site.variables["space"] == "DOCS"


@pytest.mark.parametrize(
    ("name", "data", "note"),
    [
        ("latin.md", "# Caf\u00e9".encode("latin-1"), "latin.md: not UTF-8"),
        ("binary.md", b"# a\0b", "binary.md: binary data"),
        ("huge.md", b"a" * (MAX_FILE_BYTES + 1), "huge.md: larger than"),
        ("bad.md", b"---\ntitle: [\n---\n# A", "bad.md: front matter cannot be read"),
        ("when.md", b"---\ndate: someday\n---\n# A", "when.md: date is no date"),
        ("far.md", b"---\ndate: 9999-01-01\n---\n# A", "far.md: date is no date"),
    ],
)
def test_what_cannot_be_read_is_noted(docs: Write, name: str, data: bytes, note: str) -> None:
    site = docs({"good.md": "# Good", name: data})
    assert any(line.startswith(note) for line in site.notes)
    assert page(site, "Good")


def test_utf_16_and_marks_are_read(docs: Write) -> None:
    site = docs({"a.md": "# Ångström".encode("utf-16"), "b.md": b"\xef\xbb\xbf# Marked"})
    assert page(site, "Ångström")
    assert page(site, "Marked")
    assert not any("replaced" in note for note in site.notes)


def test_hidden_and_foreign_files_are_left_out(docs: Write) -> None:
    site = docs(
        {
            "a.md": "# A",
            ".git/x.md": "# X",
            "node_modules/y/README.md": "# Y",
            ".z.md": "# Z",
            "c.txt": "no",
            "e/f.txt": "no",
        }
    )
    assert {page.title for page in site.pages.values()} == {"Docs", "A"}


def test_links_out_of_the_folder_are_not_followed(tmp_path: Path) -> None:
    write_files(tmp_path, {"out/secret.md": "# Secret", "out/secret.png": b"secret",
                           "docs/a.md":
                           "# A\n![x](pic.png) ![y](../out/secret.png) [z](../out/secret.md)"})  # fmt: skip
    docs = tmp_path / "docs"
    (docs / "link.md").symlink_to(tmp_path / "out/secret.md")
    (docs / "folder").symlink_to(tmp_path / "out")
    (docs / "pic.png").symlink_to(tmp_path / "out/secret.png")
    (docs / "loop.md").symlink_to(docs / "loop.md")
    site = import_folder(docs, name="docs", seed=1)
    assert {page.title for page in site.pages.values()} == {"Docs", "A"}
    assert page(site, "A").attachments == []
    assert len(site.notes) >= 3


@pytest.mark.parametrize("names", [[], ["a.txt"], [".hidden.md"]])
def test_a_folder_without_markdown_is_an_error(tmp_path: Path, names: list[str]) -> None:
    write_files(tmp_path, dict.fromkeys(names, "x"))
    with pytest.raises(InputError, match="no Markdown"):
        import_folder(tmp_path, name="x", seed=1)


PIECES = st.sampled_from(
    ["# t", "* a", "1. b", "> q", "```x", "    code", "| a | b |", "|---|---|", "[l](a.md)", "[l](<x y>)",
     "![i](b.png)",
     "<div>", "</div>", "<b>", "</i>", "<a href='a.md'>", "</a>", "<br>", "<img src=x alt='\"'>", "<!--", "-->", "]]>",
     "&nbsp;", "&#0;", "&bogus;", "**", "_", "`", "~~", "\\", "<p", "\t", "\x0c", "\x01", "é", "\ufffe", "---", "+++",
     "<![CDATA[",
     "<table><tr><td>", "<?php ?>", "<https://a.b>", "<script>x", "[a]: /u 'q'", "<td title=\"a>b\">"]
)  # fmt: skip


@given(st.lists(st.tuples(PIECES | st.text(max_size=8), st.sampled_from([" ", "\n", "\n\n", ""])), max_size=24))
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_markdown_is_well_formed_and_so_is_its_twin(tmp_path: Path, pieces: list[tuple[str, str]]) -> None:
    text = "".join(part for pair in pieces for part in pair)
    (tmp_path / "a.md").write_text(text, encoding="utf-8", errors="replace", newline="")
    (tmp_path / "index.md").write_text("# Home", encoding="utf-8")
    site = import_folder(tmp_path, name="x", seed=1)
    for each in site.pages.values():
        assert storage_problem(each.body) is None, each.body
    for each in twin(site, 1).pages.values():
        assert storage_problem(each.body) is None, each.body
    assert digest(site)
