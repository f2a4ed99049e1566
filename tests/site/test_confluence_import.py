from __future__ import annotations

import dataclasses
import zipfile
from pathlib import Path

import pytest
from tests.site.exports import ENTITIES, OBJECTS, PAGE, archive, body, entities, obj, page

from forgesim.errors import InputError
from forgesim.site.access import may_view_page
from forgesim.site.facts import clone, digest, scan_index
from forgesim.site.importing import zipped
from forgesim.site.importing.confluence import import_confluence
from forgesim.site.model import Page, Site
from forgesim.site.open import open_site
from forgesim.site.storage import marker_ref, storage_problem
from forgesim.site.twin import twin

PICTURE = b"\x89PNG picture"
FILES = {"entities.xml": ENTITIES, "attachments/22/71/2": PICTURE, "exportDescriptor.properties": b"x=1"}


def imported(tmp_path: Path, data: bytes | None = None, name: str = "export.zip", keep: bool = False) -> Site:
    (tmp_path / name).write_bytes(archive(FILES) if data is None else data)
    return import_confluence(tmp_path / name, name="bakery", keep_authors=keep, seed=1)


def titled(site: Site, title: str) -> Page:
    return next(each for each in site.pages.values() if each.title == title)


def handle(site: Site, account: str | None) -> str:
    return site.users[account or ""].handle


def test_spaces_and_current_pages_come_with_their_tree(tmp_path: Path) -> None:
    site = imported(tmp_path)
    (space,) = site.spaces.values()
    assert (space.key, space.name, space.description) == ("BAKE", "The bakery", "All about bread")
    assert space.homepage_id == "21"
    under = sorted((each for each in site.pages.values() if each.parent_id == "21"), key=lambda each: each.position)
    assert [each.title for each in under] == ["Rye & spelt", "Sourdough", "Salaries"]
    assert not {"25", "26", "27"} & set(site.pages)


def test_bodies_are_storage_format_whatever_they_were(tmp_path: Path) -> None:
    site = imported(tmp_path)
    assert [storage_problem(each.body) for each in site.pages.values() if each.body] == [None] * len(site.pages)
    assert "<![CDATA[[[ a ]] > b]]></ac:plain-text-body>" in titled(site, "Sourdough").body
    assert titled(site, "Rye & spelt").body == "<p>h1. Rye</p><p>Keep it *warm*</p>"
    assert titled(site, "Salaries").body == "<p>Not well formed</p>"


def test_versions_labels_comments_and_attachments_hang_on_their_page(tmp_path: Path) -> None:
    found = titled(imported(tmp_path), "Sourdough")
    first, last = found.versions
    assert (first.number, first.title, first.body, first.message) == (
        1,
        "Sour dough",
        "<p>Mix and wait</p>",
        "first try",
    )
    assert (last.number, last.body, found.version) == (2, None, 2)
    assert [label.name for label in found.labels] == ["recipe"]
    asked, said = found.comments
    assert (asked.inline, asked.resolution, asked.selection) == (True, "resolved", "feed")
    assert (said.parent_id, said.body) == (asked.id, "<p>Daily</p>")
    (picture,) = found.attachments
    assert (picture.title, picture.media_type, picture.data) == ("loaf.png", "image/png", PICTURE)


def test_mentions_and_inline_markers_are_those_of_the_site(tmp_path: Path) -> None:
    site = imported(tmp_path)
    found = titled(site, "Sourdough")
    assert f'ac:ref="{marker_ref(site.cloud_id, "51")}"' in found.body
    assert f'ri:account-id="{found.updated_by}"' in found.body
    assert "4028aa" not in found.body


def test_people_get_made_up_names_unless_they_are_kept(tmp_path: Path) -> None:
    hidden, kept = imported(tmp_path), imported(tmp_path, keep=True)
    texts = "\n".join(text for *_, text in scan_index(hidden).texts)
    assert not [word for word in ("marta", "oleg", "corp.example") if word in texts]
    assert {"marta.k", "oleg.p"} <= {user.name for user in kept.users.values()}
    assert hidden.users.keys() == kept.users.keys()


def test_who_may_see_a_page_is_kept_and_alice_sees_all(tmp_path: Path) -> None:
    site = imported(tmp_path)
    people = {user.handle: user.account_id for user in site.users.values()}
    salaries = titled(site, "Salaries")
    sees = {name for name, account in people.items() if may_view_page(site, account, salaries)}
    assert sees == {"alice", handle(site, salaries.author)}


def test_likes_come_in_the_order_in_which_they_were_given(tmp_path: Path) -> None:
    site = imported(tmp_path, keep=True)
    found = titled(site, "Sourdough")
    liked = [[site.users[who].name for who in each.likes] for each in (found, found.comments[0], site.pages["28"])]
    assert liked == [["marta.k", "oleg.p"], ["marta.k"], ["oleg.p"]]
    assert "left out: 1 × like of something that is not kept" in site.notes


def test_the_clock_starts_after_the_newest_date(tmp_path: Path) -> None:
    site = imported(tmp_path)
    assert site.clock_ms == 1_709_802_000_000  # 2024-03-07T09:00:00Z; the last comment is of the 6th
    assert not site.synthetic


def test_notes_say_what_was_left_out(tmp_path: Path) -> None:
    notes = "\n".join(imported(tmp_path).notes)
    for said in (
        "1 OutgoingLink",
        "1 × page that is a draft",
        "1 × page in the trash",
        "2 bodies",
        "groups may view it",
    ):
        assert said in notes


def test_blog_posts_are_kept_where_the_model_has_them(tmp_path: Path) -> None:
    site = imported(tmp_path)
    modelled = "kind" in {field.name for field in dataclasses.fields(Page)}
    assert ("28" in site.pages) == modelled
    assert modelled or "left out: 1 × blog post" in site.notes


@pytest.mark.parametrize("form", ["zip", "folder", "file", "zip in a folder of its own", "zip called .txt"])
def test_every_form_of_an_export_is_recognised_by_what_is_in_it(tmp_path: Path, form: str) -> None:
    place = tmp_path / "bakery"
    if form == "folder":
        (place / "attachments/22/71").mkdir(parents=True)
        for name in ("entities.xml", "attachments/22/71/2"):
            (place / name).write_bytes(FILES[name])
    elif form == "file":
        place.write_bytes(ENTITIES)
    elif form == "zip in a folder of its own":
        place.write_bytes(archive({f"Export/{name}": data for name, data in FILES.items()}))
    else:
        place = tmp_path / ("bakery.txt" if "txt" in form else "bakery.zip")
        place.write_bytes(archive(FILES))
    site = open_site(place.name, seed=1, base=tmp_path)
    assert titled(site, "Sourdough").comments[1].body == "<p>Daily</p>"
    assert bool(titled(site, "Sourdough").attachments[0].data) == (form != "file")


def test_an_imported_site_has_twins_and_copies(tmp_path: Path) -> None:
    site = imported(tmp_path)
    assert digest(clone(site)) == digest(site) == digest(imported(tmp_path))
    other = twin(site, 3)
    assert other.pages.keys() == site.pages.keys()
    assert titled(site, "Sourdough").versions[0].body != other.pages["22"].versions[0].body


def lying(name: str, **changes: int) -> bytes:
    """A zip whose headers say something else of an entry than is so."""
    data = bytearray(archive({"entities.xml": ENTITIES}))
    at = data.index(b"PK\x01\x02")
    if name == "size":
        data[at + 24 : at + 28] = (100).to_bytes(4, "little")
    elif name == "link":
        data[at + 5] = 3
        data[at + 38 : at + 42] = (0o120777 << 16).to_bytes(4, "little")
    elif name == "encrypted":
        data[at + 8] |= 1
    elif name == "method":
        data[at + 10 : at + 12] = (97).to_bytes(2, "little")
    return bytes(data)


def doctype(inside: str, use: str = "") -> bytes:
    return f'<?xml version="1.0"?><!DOCTYPE x [{inside}]><hibernate-generic>{use}</hibernate-generic>'.encode()


LAUGHS = '<!ENTITY a "ha">' + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
DEEP = b"<hibernate-generic>" + b"<object>" * 5_000
CIRCLE = [page("22", "A", "23"), page("23", "B", "22")]
CIRCLING = [obj("Comment", a, refs={"parent": ("Comment", b)}) for a, b in ("67", "76")]
HOSTILE = {
    "bomb": (archive({"entities.xml": b"<hibernate-generic>" + b" " * 50_000_000}), "unpacks to over 200 times"),
    "bomb beside": (archive({"entities.xml": ENTITIES, "attachments/22/71/2": b"0" * 19_000_000}), "over 200 times"),
    "nested": (archive({"entities.xml": archive({"entities.xml": ENTITIES})}), "not well-formed"),
    "size that lies": (lying("size"), "cannot be unpacked|not well-formed"),
    "link": (lying("link"), "is a link"),
    "encrypted": (lying("encrypted"), "is encrypted"),
    "unknown method": (lying("method"), "cannot be unpacked"),
    "up": (archive({"entities.xml": ENTITIES, "../../evil": b""}), "leads out"),
    "up with backslashes": (archive({"entities.xml": ENTITIES, "a\\..\\..\\evil": b""}), "leads out"),
    "absolute": (archive({"entities.xml": ENTITIES, "/etc/evil": b""}), "leads out"),
    "drive": (archive({"entities.xml": ENTITIES, "C:evil": b""}), "leads out"),
    "without entities": (archive({"other.xml": ENTITIES}), "a zip without entities.xml"),
    "empty zip": (archive({}), "a zip without entities.xml"),
    "truncated zip": (archive(FILES)[:-40], "not a whole zip"),
    "half a zip": (archive(FILES)[:300], "not a whole zip"),
    "external entity": (doctype('<!ENTITY a SYSTEM "file:///etc/passwd">', "<object>&a;</object>"), "document type"),
    "external DTD": (b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><hibernate-generic/>', "document type"),
    "laughs": (doctype(LAUGHS, "<object>&j;</object>"), "document type"),
    "quadratic": (doctype(f'<!ENTITY a "{"x" * 9_000}">', f"<object>{'&a;' * 900}</object>"), "document type"),
    "parameter entity": (doctype('<!ENTITY % a SYSTEM "file:///etc/passwd"> %a;'), "document type"),
    "entity of HTML": (b"<hibernate-generic><object>&nbsp;</object></hibernate-generic>", "not well-formed"),
    "deep": (DEEP, "nested more than 40 deep"),
    "not UTF-8": (ENTITIES.replace(b"Welcome", b"\xff\xfe"), "not well-formed"),
    "NUL": (ENTITIES.replace(b"Welcome", b"\0"), "not well-formed"),
    "odd encoding": (ENTITIES.replace(b"UTF-8", b"UTF-7"), "XML"),
    "truncated": (ENTITIES[:-200], "not well-formed"),
    "another kind": (b"<?xml version='1.0'?><rss/>", "no export of Confluence"),
    "circle": (entities(*OBJECTS[:3], *CIRCLE), "lies in itself"),
    "own parent": (entities(*OBJECTS[:3], page("22", "A", "22")), "lies in itself"),
    "comments in a circle": (entities(*OBJECTS, *CIRCLING), "lies in itself"),
    "id twice": (entities(*OBJECTS, page("22", "Again")), "is there twice"),
    "id that is none": (entities(*OBJECTS, page("2x", "Odd")), "its id is no number"),
    "huge id": (entities(*OBJECTS, page("9" * 40, "Odd")), "its id is no number"),
    "no such space": (entities(*OBJECTS[1:]), "no space"),
    "page elsewhere": (entities(*OBJECTS, page("29", "Lost").replace(">11<", ">99<")), "export does not have"),
    "no page": (entities(*OBJECTS[:3]), "no current page"),
    "long text": (entities(*OBJECTS, body("40", (PAGE, "21"), "x" * 5_000_001)), "more than 5,000,000 characters"),
}  # fmt: skip


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_export_is_one_clear_error(tmp_path: Path, name: str) -> None:
    data, says = HOSTILE[name]
    with pytest.raises(InputError, match=says) as told:
        imported(tmp_path, data)
    assert len(told.value.problems) == 1
    assert len(str(told.value)) < 400
    assert [each.name for each in tmp_path.iterdir()] == ["export.zip"]


def test_entries_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "MAX_ENTRIES", 2)
    with pytest.raises(InputError, match="3 entries are more than 2"):
        imported(tmp_path)


def test_bytes_are_counted_whatever_the_headers_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zipped, "MAX_TOTAL_BYTES", len(ENTITIES) + len(PICTURE) + 20)
    with pytest.raises(InputError, match="unpacks to more than"):
        imported(tmp_path)  # it is read twice


def test_a_folder_gives_nothing_from_outside(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"key")
    place = tmp_path / "bakery/attachments/22/71"
    place.mkdir(parents=True)
    (place / "2").symlink_to(tmp_path / "secret")
    (tmp_path / "bakery/entities.xml").write_bytes(ENTITIES)
    site = open_site("bakery", seed=1, base=tmp_path)
    assert titled(site, "Sourdough").attachments[0].data == b""


def test_the_fixture_is_a_zip(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(archive(FILES))
    assert zipfile.ZipFile(tmp_path / "x.zip").testzip() is None
