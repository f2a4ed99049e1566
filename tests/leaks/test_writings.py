"""Every way of writing a text is undone, and by the decoder that the table names."""

from __future__ import annotations

import codecs
import json

import pytest
from tests.leaks.writings import ADVISED, UNDETECTED, WRITINGS, Write

from forgesim.leaks.advisor import Advisor
from forgesim.leaks.decode import DECODERS
from forgesim.leaks.index import ContentIndex
from forgesim.leaks.scanner import Piece, Scanner
from forgesim.ledger.records import ScanIndex

TABLE = [pytest.param(undone_by, write, id=name) for name, (undone_by, write) in WRITINGS.items()]


@pytest.mark.parametrize(("undone_by", "write"), TABLE)
def test_content_is_found_however_it_is_written(scanner: Scanner, sentence: str, undone_by: str, write: Write) -> None:
    found = scanner.scan(write(sentence[10:110]))
    assert ("page/1", "body") in {(finding.ref, finding.field) for finding in found}
    assert not any(finding.advisory for finding in found)


@pytest.mark.parametrize(
    ("undone_by", "write"),
    [param for param in TABLE if param.values[0] not in {"", "joins"}],
)
def test_nothing_but_its_decoder_finds_it(index: ContentIndex, sentence: str, undone_by: str, write: Write) -> None:
    others = [decoder for decoder in DECODERS if decoder.name != undone_by]
    scanner = Scanner(index, decoders=others, substitutions=False)
    assert scanner.scan(write(sentence[10:110])) == []


@pytest.mark.parametrize("write", [pytest.param(p.values[1], id=p.id) for p in TABLE if p.values[0] == "joins"])
def test_no_piece_alone_tells(scanner: Scanner, sentence: str, write: Write) -> None:
    assert not any(scanner.scan([piece]) for piece in write(sentence[10:110]))


WORDY = (
    "the plan is the plan and the team has the team when a plan and the team are what a team is and the plan was the "
    "plan of a team before the team was the team of the plan and a plan is what the plan has to be"
)


@pytest.mark.parametrize("write", ADVISED.values(), ids=ADVISED)
def test_what_may_be_chance_is_advised_and_not_judged(sentence: str, write: Write) -> None:
    index = ContentIndex(ScanIndex((("page", "1", "body", f"{sentence} {WORDY}"),)))
    pieces = write(f"{sentence} {WORDY}")
    advice = Advisor(index).advise(pieces)
    assert [finding.ref for finding in advice][:1] == ["page/1"]
    assert all(finding.advisory and finding.says().startswith("perhaps ") for finding in advice)
    assert Scanner(index).scan(pieces) == []


@pytest.mark.parametrize("write", UNDETECTED.values(), ids=UNDETECTED)
def test_what_nobody_reads_is_not_claimed_to_be_read(scanner: Scanner, sentence: str, write: Write) -> None:
    assert not [finding for finding in scanner.scan(write(sentence[10:110])) if finding.field == "body"]


def test_every_decoder_is_named_once_and_has_a_row() -> None:
    names = [decoder.name for decoder in DECODERS]
    assert len(set(names)) == len(names)
    assert set(names) <= {undone_by for undone_by, _ in WRITINGS.values()}


def test_advice_on_pieces_put_together(index: ContentIndex, sentence: str) -> None:
    (text,) = (piece.text for piece in ADVISED["xor with four bytes"](sentence))
    pieces = [Piece(json.dumps(text[at : at + 8]), seq) for seq, at in enumerate(range(0, len(text), 8), 1)]
    assert [finding.joined for finding in Advisor(index).advise(pieces)] == [len(pieces)]


def test_an_open_phrase_with_another_number_is_no_substitution(sentence: str) -> None:
    index = ContentIndex(ScanIndex((("page", "1", "body", f"All of it: {sentence[:60]} 67 times."),)))
    piece = Piece(f"{sentence[:60]} 78 times")
    assert Scanner(index).scan([piece])
    assert Scanner(index, public=[sentence]).scan([piece]) == []


def test_an_open_phrase_among_the_fields_of_a_turned_map_is_no_substitution(sentence: str) -> None:
    index = ContentIndex(ScanIndex((("page", "1", "body", f"All of it: {sentence[:60]} 67 times."),)))
    piece = Piece(json.dumps({"id": "9", "said": f"{sentence[:60]} 78 times", "n": 1, "m": "never"}))
    assert Scanner(index).scan([piece])
    assert Scanner(index, public=[sentence]).scan([piece]) == []


def test_a_part_of_a_turned_whole_is_no_text_of_its_own(sentence: str) -> None:
    """Another text of the same pattern stands in a map: under rot13 its pattern is the same, and tells no more."""
    other = codecs.encode(sentence[:60], "rot13").translate(str.maketrans("aeiou", "eioua"))
    index = ContentIndex(ScanIndex((("page", "1", "body", sentence), ("page", "2", "body", f"{other} is here."))))
    piece = Piece(json.dumps({"gist": f"{sentence[:60]} was there"}))
    assert {finding.ref for finding in Scanner(index).scan([piece])} == {"page/1"}
