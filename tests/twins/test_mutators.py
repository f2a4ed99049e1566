"""The laws of the mutators: a twin is an app, is not its base, and tells what it is said to tell; so none is a dud."""

from __future__ import annotations

import ast
import os
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.twins.mutants.bases import BASES
from tests.twins.mutants.cases import cases
from tests.twins.mutants.design import leaky_twins, pairs_of, possible_twins
from tests.twins.mutants.encodings import ENCODINGS, packed
from tests.twins.mutants.fulfil import Player
from tests.twins.mutants.honest import honest_variants
from tests.twins.mutants.plant import edited, files_of, write
from tests.twins.mutants.twin import Twin

from forgesim.manifest.load import load_app
from forgesim.testing.kit import Forge

TEXT = "Wöchentliche Zahlen: gern, am 7. Mai – und (nur) für uns"
OTHER = "Wächentliche Zuhlen: garn, um 7. Moi – and (nor) fir ans"
DECODED = {name: encoding for name, encoding in ENCODINGS.items() if encoding.decode}
ROOT = Path(__file__).parents[2]
ASCII = {"four characters a number"}
"""Encodings that take characters of one byte alone."""


@pytest.mark.parametrize("name", DECODED)
def test_what_an_encoding_gives_can_be_turned_back(name: str) -> None:
    encoding = DECODED[name]
    text = TEXT.encode("ascii", "ignore").decode() if name in ASCII else TEXT
    assert encoding.decode is not None
    back = encoding.decode(packed(encoding, text))
    assert back == text[: encoding.keeps or None]


@pytest.mark.parametrize("name", sorted(ENCODINGS.keys() - DECODED.keys() - {"word lengths", "one bit"}))
def test_other_encodings_tell_two_texts_of_one_form_apart(name: str) -> None:
    assert packed(ENCODINGS[name], TEXT) != packed(ENCODINGS[name], OTHER)


def test_lengths_of_words_are_form() -> None:
    assert packed(ENCODINGS["word lengths"], TEXT) == packed(ENCODINGS["word lengths"], OTHER) != [[]]


def test_every_pair_that_makes_sense_is_in_a_twin() -> None:
    wanted = set().union(*map(pairs_of, possible_twins("bare", "bare jira")))
    assert wanted - set().union(*map(pairs_of, leaky_twins())) == set()


def test_there_are_as_many_as_promised() -> None:
    groups = Counter(case.group for case in cases())
    apps = Counter(twin.base for twin in leaky_twins())
    assert groups["leaky"] >= 300
    assert groups["honest"] >= 60
    assert min(apps[app] for app in ("pulse", "xpress", "syncup")) >= 15


def test_no_case_is_there_twice_and_the_list_is_always_the_same() -> None:
    files = [tuple(sorted(case.files().items())) for case in cases()]
    assert len({case.key for case in cases()}) == len(files)
    assert len(set(files)) == len(files)
    assert leaky_twins.__wrapped__() == leaky_twins()


@pytest.mark.parametrize("base", BASES)
def test_every_case_compiles_and_is_not_its_base(base: str) -> None:
    plain = files_of(BASES[base])
    for case in (case for case in cases() if case.pieces["base"] == base):
        files = case.files()
        for name, text in files.items():
            if text != plain[name] and name.endswith(".py"):
                ast.parse(text, name)
        assert files != plain or case.name.endswith("as it is")


def test_cases_load(tmp_path: Path) -> None:
    by_files = {(case.files()["manifest.yml"], case.files()["trust.yml"]): case for case in cases()}
    for number, case in enumerate(by_files.values()):
        assert load_app(write(case.files(), tmp_path / str(number))).name


def test_a_place_that_is_not_there_is_no_place() -> None:
    with pytest.raises(ValueError, match="0 times"):
        edited({"a": "b"}, "a", "c", "d")


def played() -> list[Twin]:
    """Some of each sink, and each trigger and source of each base; all where they are asked for."""
    twins = list(leaky_twins())
    if os.environ.get("FORGESIM_TWINS") == "all":
        return twins
    random.Random(4).shuffle(twins)
    of_sinks = {twin.sink: twin for twin in twins if twin.base.startswith("bare")}
    of_triggers = {
        (twin.base.startswith("bare "), twin.trigger): twin for twin in twins if twin.base.startswith("bare")
    }
    return list(dict.fromkeys([*of_sinks.values(), *of_triggers.values()]))


@pytest.fixture(scope="module")
def player(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    """One for all twins: what honest apps do is played once."""
    forge = Forge(base=ROOT)
    yield Player(forge, tmp_path_factory.mktemp("twin") / "app")
    forge.close()


@pytest.mark.slow
@pytest.mark.parametrize("twin", played(), ids=lambda twin: twin.name)
def test_a_leak_whose_trigger_is_fulfilled_is_another_one_where_words_are_others(player: Player, twin: Twin) -> None:
    assert player.tells(twin)


@pytest.mark.slow
def test_a_twin_whose_trigger_is_not_met_does_what_the_honest_app_does(player: Player) -> None:
    twin = Twin(base="bare", source="title", encoding="plain", sink="log line", trigger="preimage", out="preimage")
    assert not player.leaked(twin, 0)


def test_honest_variants_plant_nothing() -> None:
    assert [each.name for each in honest_variants() if any("spread(" in text for text in each.files().values())] == []
