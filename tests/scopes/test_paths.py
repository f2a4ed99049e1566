"""A path means the same to the gate as to what is behind it, however it is spelled."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from forgesim.scopes.paths import api_root, normalise

V2 = "/wiki/api/v2"


@pytest.mark.parametrize(
    ("spelled", "canonical"),
    [
        (f"{V2}/pages", f"{V2}/pages"),
        (f"{V2}/pages/.", f"{V2}/pages/"),
        (f"{V2}/./pages", f"{V2}/pages"),
        (f"{V2}/pages/1/../2", f"{V2}/pages/2"),
        (f"{V2}/pages/1/%2E%2E/2", f"{V2}/pages/2"),
        (f"{V2}/pages/1/%2e%2E/2", f"{V2}/pages/2"),
        (f"{V2}/pages/1/.%2e/2", f"{V2}/pages/2"),
        (f"{V2}/pages/1/.\t./2", f"{V2}/pages/2"),
        (f"{V2}/pages/1/.\n./2", f"{V2}/pages/2"),
        (f"{V2}/pages/1/..\\2", f"{V2}/pages/2"),
        (f"{V2}/pages/a\nb", f"{V2}/pages/ab"),
        (f"{V2}/pa\r\nges", f"{V2}/pages"),
        (f"{V2}/%70ages", f"{V2}/pages"),
        (f"{V2}/pages/a;b", f"{V2}/pages/a;b"),
        (f"{V2}/pages/%252e%252e", f"{V2}/pages/%252e%252e"),
        (f"{V2}/pages/\uff0e\uff0e", f"{V2}/pages/\uff0e\uff0e"),
        (f"{V2}/pages/%ef%bc%8e", f"{V2}/pages/%EF%BC%8E"),
        (f"{V2}/pages/...", f"{V2}/pages/..."),
        (f"{V2}/pages/.hidden", f"{V2}/pages/.hidden"),
        (f"{V2}/pages#/../../../x", f"{V2}/pages"),
    ],
)
def test_a_path_is_brought_into_one_form(spelled: str, canonical: str) -> None:
    assert normalise(spelled) == (canonical, [])


@pytest.mark.parametrize(
    ("spelled", "why"),
    [
        (f"{V2}/pages/../../../rest/api/content/1", "leaves /wiki/api/v2"),
        (f"{V2}/pages/%2e%2e/%2E%2E/%2e%2E/rest/api/content/1", "leaves /wiki/api/v2"),
        (f"{V2}/pages/..\\..\\..\\rest\\api\\user", "leaves /wiki/api/v2"),
        (f"{V2}/pages/.\t./.\n./.\r./rest/api/user", "leaves /wiki/api/v2"),
        (f"{V2}/pages/../../..", "leaves /wiki/api/v2"),
        ("/wiki/../rest/api/3/myself", "leaves /wiki"),
        ("/rest/api/3/../2/myself", "leaves /rest/api/3"),
        ("/rest/api/content/../3/myself", "leaves /rest/api"),
        ("/../wiki/api/v2/pages", "above the root"),
        (f"{V2}/pages/..;/..;/x", "behind ';'"),
        (f"{V2}/pages/.%2e;a=b/x", "behind ';'"),
        (f"{V2}/pages/a%2fb", "encoded separator"),
        (f"{V2}/pages/a%5Cb", "encoded separator"),
        (f"{V2}/pages/a%0ab", "control character"),
        (f"{V2}/pages/a%00", "control character"),
        (f"{V2}/pages/a\x00", "control character"),
        (f"{V2}/pages/%zz", "broken percent-escape"),
        (f"{V2}/pages/%2", "broken percent-escape"),
        ("wiki/api/v2/pages", "does not start with /"),
        ("https://example.org/wiki", "does not start with /"),
        ("//example.org/wiki/api/v2/pages", "names a host"),
        ("/\\example.org/wiki", "names a host"),
        ("", "does not start with /"),
        ("/" + "a" * 9000, "longer than"),
    ],
)
def test_a_path_that_hides_where_it_goes_is_refused(spelled: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        normalise(spelled)


def test_query_pairs_keep_their_order_and_their_dots() -> None:
    path, query = normalise(f"{V2}/pages?id=1&id=2&title=a%2F..%2Fb+c&empty=#frag")
    assert path == f"{V2}/pages"
    assert query == [("id", "1"), ("id", "2"), ("title", "a/../b c"), ("empty", "")]


PIECES = st.sampled_from(["pages", "1", ".", "..", "%2e", "%2E%2e", ".%2e", "\t", "a;b", "..;", "\\", "%41", "x"])


@given(st.lists(PIECES, max_size=8))
def test_what_passes_is_canonical_and_stays_in_its_api(pieces: list[str]) -> None:
    try:
        path, _ = normalise(f"{V2}/" + "/".join(pieces))
    except ValueError:
        return
    assert normalise(path) == (path, [])
    assert api_root(path) == V2
    assert not {".", ".."} & set(path.split("/"))
