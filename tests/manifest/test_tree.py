from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings, strategies as st

from forgesim.errors import InputError
from forgesim.manifest.tree import DEEPEST, parse_yaml, tree_of


def read(text: str | bytes) -> object:
    root, problems = parse_yaml(text.encode() if isinstance(text, str) else text, "f.yml")
    assert problems == []
    return root.data()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes", {"a": "yes"}),
        ("a: off", {"a": "off"}),
        ("a: true", {"a": True}),
        ("a: 'true'", {"a": "true"}),
        ("a:", {"a": None}),
        ("a: 0o17", {"a": 15}),
        ("a: 012", {"a": 12}),
        ("a: 1e2", {"a": 100.0}),
        ("a: 1_000", {"a": "1_000"}),
        ("a: 2026-01-05", {"a": "2026-01-05"}),
        ("a: 12:30", {"a": "12:30"}),
        ("a: !!str 12", {"a": "12"}),
        ("1: a\ntrue: b\nnull: c", {"1": "a", "true": "b", "null": "c"}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
        ("{a: bool?, b: enum a|b}", {"a": "bool?", "b": "enum a|b"}),
        ("a: >-\n  one\n  two", {"a": "one two"}),
        ("\ufeffa: 1", {"a": 1}),
    ],
)
def test_yaml_1_2_is_read_as_json_values(text: str, value: object) -> None:
    assert read(text) == value


def test_every_value_and_key_knows_its_place() -> None:
    root, _ = parse_yaml(b"a: 1\nb:\n  - x\n  - {c: 2}\n", "f.yml")
    inner = root.at(("b", 1, "c"))
    assert (inner.line, inner.column) == (4, 9)
    assert root.keys["b"] == (2, 1)
    assert root.at(("b", 9)) is root.at(("b",))


def test_a_duplicate_key_is_a_problem_with_both_lines() -> None:
    _, problems = parse_yaml(b"a: 1\nb: 2\na: 3\n", "f.yml")
    assert [str(problem) for problem in problems] == ["f.yml:3:1: the key 'a' is there twice (it is first on line 1)"]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (b"", "the file is empty"),
        (b"# nothing\n", "the file is empty"),
        (b"a: [1", "f.yml:1:6: not valid YAML"),
        (b"a: 1\n\tb: 2", "f.yml:2:1: not valid YAML"),
        (b"a: \x00", "not valid YAML"),
        (b"a: 1\nb: \xff", "f.yml:2: not UTF-8 text"),
        (b"a: 1\n---\nb: 2", "f.yml:2:1: a second document begins"),
        (b"a: *x", "*x refers to itself or to no anchor"),
        (b"a: &x [*x]", "*x refers to itself or to no anchor"),
        (b"[" * 5000, f"nested more than {DEEPEST} deep"),
        (b"a: " + b"9" * 3_000_000, "characters are more than"),
    ],
)
def test_what_is_no_document_is_one_problem_with_its_place(text: bytes, what: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "f.yml")
    assert what in str(caught.value)


def test_aliases_cannot_blow_a_document_up() -> None:
    lines = ["a0: &a0 [1, 2, 3, 4, 5, 6, 7, 8, 9]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 10)]
    with pytest.raises(InputError, match="aliases make it too large"):
        parse_yaml("\n".join(lines).encode(), "f.yml")


@pytest.mark.parametrize("text", ["a: !!python/object:os.system x", "a: !secret x", "a: .nan", "[a]: 1"])
def test_what_json_does_not_have_is_told(text: str) -> None:
    _, problems = parse_yaml(text.encode(), "f.yml")
    assert [problem.line for problem in problems] == [1]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**12), 10**12) | st.text("abc :#'\"?{}[]-\n", max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("abc1:", max_size=4), inner, max_size=4),
    max_leaves=12,
)


@settings(deadline=None, max_examples=100)
@given(JSON)
def test_json_text_is_read_as_json_reads_it(value: object) -> None:
    assert read(json.dumps(value)) == value
    assert tree_of(value).data() == value


@settings(deadline=None, max_examples=200)
@given(st.text("ab:-[]{}&*!|>'\"#,? \n\t%@`~<0.1é", max_size=40) | st.text(max_size=20))
def test_no_text_raises_anything_but_an_input_error(text: str) -> None:
    with contextlib.suppress(InputError):
        root, _ = parse_yaml(text.encode("utf-8", "surrogatepass"), "f.yml")
        assert json.loads(json.dumps(root.data())) == root.data()
