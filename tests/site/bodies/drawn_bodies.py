"""Bodies as tests draw them: storage format, near to it, and what is none."""

from __future__ import annotations

from hypothesis import strategies as st

__all__ = ["ANY_BODY"]

WORDS = st.sampled_from(["red", "blue sky", "a < b & c", "«é»", " x ", "]]>", "<script>", 'say "no"', "\n", "'"])
HOSTILE = st.sampled_from([
    "javascript:alert(1)", " jAvaScript:x", "java\tscript:x", "data:text/html,x", "https://a.example/?a=1&b=2",
    "/x", "#y",
])  # fmt: skip
INLINE = ["strong", "em", "u", "del", "code", "sub", "sup", "small", "span", "b"]
BLOCK = [
    "p", "h1", "h4", "ul", "ol", "li", "table", "tbody", "tr", "td", "th", "blockquote", "pre", "div", "ac:task-list",
    "ac:task", "ac:task-body", "ac:layout", "ac:layout-section", "ac:layout-cell", "ac:rich-text-body",
    "ac:placeholder",
    "ac:adf-extension", "ac:adf-content", "ac:link-body", "ac:caption", "script", "unknown", "ac:unknown",
]  # fmt: skip
SMALL = [
    "<br/>", "<hr/>", '<time datetime="2026-01-05"/>',
    '<time datetime="x">y</time>', "<img src='javascript:x' alt='\"'/>",
    '<ac:link><ri:user ri:account-id="712020:a"/></ac:link>', '<ac:emoticon ac:name="smile"/>',
    '<ac:link ac:anchor="here"><ri:page ri:content-title="A &amp; B"/></ac:link>',
    '<ac:image ac:alt="a picture" ac:width="20"><ri:attachment ri:filename="a.png"/></ac:image>',
    '<ac:image><ri:url ri:value="javascript:x"/><ac:caption>said below</ac:caption></ac:image>',
    '<ac:structured-macro ac:name="status"><ac:parameter ac:name="title">Done</ac:parameter></ac:structured-macro>',
    '<ac:structured-macro ac:name="toc"/>', "</p>", "</td>", "<p", "<!-- c", "&amp;", "&nbsp;", "<![CDATA[a<b]]>",
    '<p style="text-align: center;">shaped</p>', '<h2 style="margin-left: 60px;">shaped</h2>',
    '<a href="https://a.example" data-card-appearance="block">card</a>',
    '<ac:adf-extension><ac:adf-node type="decision-list"/></ac:adf-extension>',
    '<ac:layout-section ac:type="four_equal">' + "<ac:layout-cell/>" * 4 + "</ac:layout-section>",
    '<ac:structured-macro ac:name="include"><ac:parameter ac:name=""><ri:page ri:content-title="T"/></ac:parameter>'
    "</ac:structured-macro>",
]  # fmt: skip


def _wrapped(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    tag = st.sampled_from(INLINE + BLOCK)
    macro = st.sampled_from(["info", "note", "warning", "tip", "expand", "panel", "code", "excerpt", "x"])
    many = st.lists(inner, max_size=4).map("".join)
    return st.one_of(
        st.builds(lambda name, held: f"<{name}>{held}</{name}>", tag, many),
        st.builds(lambda href, held: f'<a href="{href}">{held}</a>', HOSTILE, many),
        st.builds(
            lambda name, held: (
                f'<ac:structured-macro ac:name="{name}"><ac:rich-text-body>{held}'
                "</ac:rich-text-body></ac:structured-macro>"
            ),
            macro,
            many,
        ),
        st.builds(lambda held: f'<ac:inline-comment-marker ac:ref="r">{held}</ac:inline-comment-marker>', many),
        many,
    )


ESCAPED = WORDS.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;"))
STORAGE = st.recursive(st.one_of(ESCAPED, st.sampled_from(SMALL)), _wrapped, max_leaves=25)
ANY_BODY = st.one_of(STORAGE, st.text(), st.text(alphabet="<>/p\"'= &;![]-ac:CDATA"))
