"""What a text search finds, in any language."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from forgesim.products.words import BadTextError, UnknownTextError, folded, read_words


def found(query: str, text: str) -> bool:
    return read_words(query).matches(folded(text))


FINDS = [
    ("word", "A Word.", True),
    ("word", "words", False),
    ("wor*", "words", True),
    ("w?rd", "ward", True),
    ("w?rd", "weird", False),
    ("w*d*", "the wild", True),
    ("roam~", "foams", True),
    ("roam~", "ramo", True),
    ("roam~", "house", False),
    ("two words", "words, or two", True),
    ("two words", "two", False),
    ('"two words"', "two, words", True),
    ('"two words"', "words two", False),
    ("pre-release", "a pre-release", True),
    ("pre-release", "release pre", False),
    ("a -b", "a b", False),
    ("a NOT b", "a c", True),
    ("a AND b", "b a", True),
    ("a OR b", "b", True),
    ("a OR b c", "b", False),
    ("STRASSE", "die Straße", True),
    ("caf\u00e9", "cafe\u0301", True),
    ("café", "cafe", False),
    ("日本", "今日本を", True),
    ("本日", "日本", False),
    ("हिन्दी", "हिन्दी भाषा", True),
    ("हनद", "हिन्दी", False),
    ("привет", "ПРИВЕТ мир", True),
    ("don't", "I don't", True),
    ("İstanbul", "i̇stanbul", True),
]


@pytest.mark.parametrize(("query", "text", "holds"), FINDS, ids=[f"{query} in {text}" for query, text, _ in FINDS])
def test_a_search_finds(query: str, text: str, holds: bool) -> None:
    assert found(query, text) is holds


@pytest.mark.parametrize(
    "query", ["", " ", "!", "*a", "?a", '"open', "-a", "NOT a", "a OR", "NOT", '"!?"', "x" * 1001, "a " * 65]
)
def test_what_is_no_search_is_refused(query: str) -> None:
    with pytest.raises(BadTextError):
        read_words(query)


@pytest.mark.parametrize("query", ['"a b"~3', "a^4", "(a b)", "[a TO b]", "a~0.8"])
def test_what_is_not_emulated_is_told(query: str) -> None:
    with pytest.raises(UnknownTextError):
        read_words(query)


WORDS = st.text(st.sampled_from("abcéß日本-"), min_size=1, max_size=6).filter(
    lambda word: any(c.isalpha() for c in word)
)


@given(st.lists(WORDS, min_size=1, max_size=5), st.data())
def test_every_word_and_run_of_words_of_a_text_is_found_in_it(words: list[str], data: st.DataObject) -> None:
    text = " ".join(words)
    first = data.draw(st.integers(0, len(words) - 1))
    run = " ".join(words[first : data.draw(st.integers(first, len(words) - 1)) + 1])
    assert found(f'"{run}"', text.upper() if data.draw(st.booleans()) else text)
    assert found(words[first].lstrip("-"), text)


@given(st.text(st.sampled_from("ab*?"), min_size=1, max_size=8), st.text(st.sampled_from("ab"), max_size=8))
def test_wildcards_mean_what_a_search_of_all_splits_says(pattern: str, word: str) -> None:
    def like(wild: str, rest: str) -> bool:
        if not wild:
            return not rest
        if wild[0] == "*":
            return any(like(wild[1:], rest[at:]) for at in range(len(rest) + 1))
        return bool(rest) and wild[0] in ("?", rest[0]) and like(wild[1:], rest[1:])

    assert found(f"a{pattern}", f"a{word}") is like(pattern, word)


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_raises_anything_else(query: str, text: str) -> None:
    with suppress(BadTextError, UnknownTextError):
        found(query, text)


def test_many_stars_do_not_make_it_slow() -> None:
    assert not found("a*" * 200 + "b", "a" * 20_000)
