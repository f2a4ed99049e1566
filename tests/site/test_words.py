from __future__ import annotations

import re

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.site.swap import Swap
from forgesim.site.words import MARKERS, WORD, form, lowered, mapped, syllables

TITLES = st.lists(st.text("abceyz AEZé-_:.019", min_size=1, max_size=14), max_size=25)
PROSE = st.lists(st.from_regex(r"[A-Za-z]{1,10}|[0-9]{1,4}|[а-яё]{1,6}|[À-ÿ]{1,4}", fullmatch=True), max_size=40)


def drop_silent_e(word: str) -> int:
    """A stricter counter: a final e, es or ed is silent, but not after l."""
    bare = word if re.search(r"le[sd]?$", word) else re.sub(r"(?<=.)e[sd]?$", "", word)
    return len(re.findall("[aeiouy]+", bare)) or 1


COUNTERS = (syllables, drop_silent_e, lambda word: len(re.findall("[aeiou]", word)))


@pytest.mark.parametrize(
    ("word", "count"), [("page", 2), ("rhythm", 1), ("queue", 1), ("xyz", 1), ("Idea", 2), ("", 1)]
)
def test_syllables_are_groups_of_vowels(word: str, count: int) -> None:
    assert syllables(word) == count


@given(PROSE, st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_a_swap_keeps_every_form_and_changes_every_word(words: list[str], seed: int) -> None:
    swap = Swap(seed)
    for word in words:
        image = swap[word]
        assert len(image) == len(word)
        assert len(image.encode()) == len(word.encode())
        assert [a.isupper() for a in image] == [a.isupper() for a in word]
        assert image.startswith("0") == word.startswith("0")
        assert image.isdecimal() == word.isdecimal()
        assert [count(image.lower()) for count in COUNTERS] == [count(word.lower()) for count in COUNTERS]
        changes = any(len(choice) > 1 for choice in form(lowered(word)))
        assert (image != word) == (changes and word.lower() not in MARKERS)


@given(PROSE, TITLES, st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_no_two_words_become_one(words: list[str], titles: list[str], seed: int) -> None:
    swap = Swap(seed, titles=titles)
    vocabulary = {lowered(word) for word in words} | {lowered(w) for title in titles for w in WORD.findall(title)}
    assert len({swap[word] for word in vocabulary}) == len(vocabulary)


@given(TITLES, st.integers(0, 5))
@settings(max_examples=150, deadline=None)
def test_the_order_of_titles_stays(titles: list[str], seed: int) -> None:
    swap = Swap(seed, titles=titles)
    images = [swap.text(title) for title in titles]
    places = range(len(titles))
    assert sorted(places, key=titles.__getitem__) == sorted(places, key=images.__getitem__)
    assert sorted(places, key=lambda i: titles[i].lower()) == sorted(places, key=lambda i: images[i].lower())


@given(TITLES, st.integers(0, 5))
@settings(max_examples=60, deadline=None)
def test_a_word_that_stays_is_reported(titles: list[str], seed: int) -> None:
    swap = Swap(seed, titles=titles)
    same = {lowered(w) for title in titles for w in WORD.findall(title) if swap[w] == w}
    assert same - MARKERS <= swap.unmapped


@pytest.mark.parametrize("text", ["TODO: fix", "a Draft", "see fixme", "TBD"])
def test_markers_stay_in_any_case(text: str) -> None:
    kept = [word for word in WORD.findall(text) if word.lower() in MARKERS]
    image = Swap(1).text(text)
    assert [word for word in WORD.findall(image) if word.lower() in MARKERS] == kept
    assert image != text or len(kept) == len(WORD.findall(text))


def test_another_seed_gives_other_words() -> None:
    assert Swap(1).text("quarterly planning") != Swap(2).text("quarterly planning")


def test_ascii_words_end_where_words_of_any_script_do() -> None:
    for text in (chr(a) + chr(b) for a in range(128) for b in range(128)):
        assert mapped(text, "<{}>".format) == WORD.sub(lambda match: f"<{match[0]}>", text)
