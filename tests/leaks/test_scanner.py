"""What the scanner finds, however it is written, and what it must not find."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable

import pytest
from hypothesis import given, strategies as st

from forgesim.leaks.index import MIN_RUN, ContentIndex
from forgesim.leaks.normalise import normalise
from forgesim.leaks.scanner import Piece, Scanner
from forgesim.ledger.records import ScanIndex


@given(data=st.data())
def test_every_run_of_24_characters_is_found_and_no_shorter_one(data: st.DataObject) -> None:
    text = data.draw(st.text(st.sampled_from("abcdefghijklmnop"), min_size=60, max_size=200))
    start = data.draw(st.integers(0, len(text) - MIN_RUN))
    run = text[start : start + MIN_RUN]
    scanner = Scanner(ContentIndex(ScanIndex((("page", "1", "body", text),))))
    if len(set(run)) >= 8:
        assert scanner.scan([Piece(f"9 {run} 9")])
    assert not [f for f in scanner.scan([Piece(run[: MIN_RUN - 1])]) if f.size >= MIN_RUN]


@pytest.mark.parametrize(
    "cut",
    [
        lambda text: [text[i : i + 5] for i in range(0, len(text), 5)],
        lambda text: [json.dumps(part) for part in base64.b64encode(text.encode()).decode()],
        lambda text: [str(ord(char)) for char in text],
        lambda text: [json.dumps({"v": ord(char)}) for char in text],
    ],
    ids=["five letters a write", "a base64 letter a write", "a code a write", "a code in a map"],
)
@pytest.mark.parametrize("shuffled", [False, True], ids=["in order", "in the order of keys"])
def test_what_is_cut_over_writes_is_put_together(
    scanner: Scanner, sentence: str, cut: Callable[[str], list[str]], shuffled: bool
) -> None:
    pieces = [Piece(text, seq=n, key=f"part:{n}") for n, text in enumerate(cut(sentence[10:70]))]
    found = scanner.scan(pieces[::-1] if shuffled else pieces)
    assert [f.ref for f in found if f.joined == len(pieces)] == ["page/1"]


def test_words_in_key_names_are_put_together(scanner: Scanner, sentence: str) -> None:
    pieces = [Piece("1", key=f"{word}:") for word in sentence.split()[:9]]
    assert scanner.scan(pieces)[0].ref == "page/1"


@pytest.mark.parametrize(
    ("text", "ref", "field"),
    [
        ("Forklift relocation", "page/1", "title"),
        ("forklift_relocation", "page/1", "title"),
        ("the author is Marguerite  Ollivander.", "user/712020:aa", "name"),
        ("marguerite%40corp.example", "user/712020:aa", "email"),
        ("see: Overview", "page/2", "title"),
        ("xxzorvexxx", "page/3", "canary"),
    ],
)
def test_a_short_field_is_found_whole(scanner: Scanner, text: str, ref: str, field: str) -> None:
    assert (ref, field) in {(f.ref, f.field) for f in scanner.scan([Piece(text)])}


@pytest.mark.parametrize(
    "digest",
    [
        lambda data: hashlib.sha256(data).hexdigest(),
        lambda data: hashlib.sha1(data).hexdigest().upper(),
        lambda data: hashlib.md5(data).hexdigest()[:12],
        lambda data: base64.b64encode(hashlib.md5(data).digest()).decode(),
        lambda data: base64.b64encode(hashlib.sha256(data).digest()).decode(),
        lambda data: base64.urlsafe_b64encode(hashlib.sha256(data).digest()[:12]).decode(),
        lambda data: base64.b32encode(hashlib.sha1(data).digest()).decode().lower(),
        lambda data: str(int(hashlib.sha256(data).hexdigest(), 16)),
        lambda data: "u_" + hashlib.sha512(data).hexdigest()[:40],
        lambda data: hashlib.sha512(data).hexdigest(),
        lambda data: hashlib.sha3_256(data).hexdigest(),
        lambda data: hashlib.blake2b(data).hexdigest()[:24],
        lambda data: hashlib.blake2b(data, digest_size=32).hexdigest(),
        lambda data: hashlib.sha256(data.upper()).hexdigest(),
        lambda data: hashlib.sha224(data).hexdigest(),
    ],
    ids=[
        "sha256",
        "sha1 in capitals",
        "12 digits of md5",
        "md5 in base64",
        "sha256 in base64",
        "12 bytes in base64",
        "sha1 in base32",
        "sha256 as a number",
        "40 digits of sha512",
        "sha512",
        "sha3",
        "24 digits of blake2b",
        "blake2b of 32 bytes",
        "of the mail in capitals",
        "sha224",
    ],
)
def test_a_hash_of_a_mail_is_found(scanner: Scanner, digest: Callable[[bytes], str]) -> None:
    found = scanner.scan([Piece(json.dumps({"id": digest(b"marguerite@corp.example")}))])
    assert [(f.ref, f.field) for f in found] == [("user/712020:aa", "email")]


@pytest.mark.parametrize(
    "text",
    [
        json.dumps({"score": 83.25, "pages": 12, "at": "2026-01-05T09:00:00.000Z"}),
        "spaceoverviewscore",
        "forklift trucks",
        "architecture-decision",
        "0123456789" * 30,
        "a" * 200,
        "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "ari:cloud:confluence::site/2e9c9412-0452-4fb6-8f6e-000000000001",
    ],
)
def test_what_is_no_content_is_not_found(scanner: Scanner, text: str) -> None:
    assert scanner.scan([Piece(text, key="space:DOCS:score")]) == []


def test_the_apps_own_words_are_no_leak(index: ContentIndex) -> None:
    assert Scanner(index).scan([Piece('{"title": "Forklift relocation"}')])
    assert not Scanner(index, public=["Forklift relocation service"]).scan([Piece('{"title": "Forklift relocation"}')])


def test_a_finding_names_the_content_without_quoting_it(scanner: Scanner, sentence: str) -> None:
    (found,) = scanner.scan([Piece(base64.b64encode(sentence[:60].encode()).decode())])
    assert found.says().startswith("the body of page/1 (")
    assert "base64" in found.says()
    assert "robots" not in found.says()


@given(st.text(max_size=80))
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.binary(max_size=300) | st.text(max_size=300))
def test_any_text_can_be_scanned(value: bytes | str) -> None:
    text = value if isinstance(value, str) else value.decode("latin-1")
    scanner = Scanner(ContentIndex(ScanIndex((("page", "1", "body", "Nothing of the kind is in here at all."),))))
    pieces = [Piece(text), Piece(base64.b64encode(text.encode("utf-8", "replace")).decode())]
    assert isinstance(scanner.scan(pieces), list)
