"""A conversation as Markdown: everything that was said and cited, and nothing that acts."""

import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from qa.markdown import escaped, exported
from qa.sessions import Session, StoredTurn

SESSION = Session("1234", "Bridge *news*", "2024-06-14T12:30:00+00:00", "2024-06-14", 1, "Who?")
COMMONMARK = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def citation(number: int, end: int, **other: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "id": number,
        "title": "Bridge opens",
        "source": "The Harbour Post",
        "author": None,
        "url": None,
        "published_at": "2024-06-14",
        "page": None,
        "cited_text": "Mayor Ana Duarte\ncut the ribbon.",
        "answer_start": 0,
        "answer_end": end,
    }
    return {**fields, **other}


def turn(number: int, question: str, text: str, *citations: Any, **other: Any) -> StoredTurn:
    answer: dict[str, Any] = {
        "answer": text,
        "standalone_question": question,
        "citations": list(citations),
        "also_said": [],
        "notes": [],
    }
    asked_at = "2024-06-14T12:30:59.5+00:00"
    return StoredTurn(number, question, asked_at, {"source": "Post"}, {**answer, **other})


def test_a_conversation_with_its_footnotes() -> None:
    turns = [
        turn(1, "Who cut it?", "Ana Duarte; Bo Ek", citation(1, 10), citation(2, 17, author="Li")),
        turn(
            2,
            "And when?",
            "Friday",
            citation(1, 6, url="https://post.example/a?b=1&c=2", page=3),
            standalone_question="And when did Ana Duarte cut it?",
            also_said=[{"answer": "Saturday", "citation": citation(2, 8, published_at=None)}],
            notes=["No article passes the filter."],
        ),
    ]
    assert exported(SESSION, turns) == (
        "# Bridge \\*news\\*\n\n"
        "## Who cut it?\n\n"
        "2024-06-14 12:30 UTC · source Post\n\n"
        "Ana Duarte[^1]; Bo Ek[^2]\n\n"
        "## And when?\n\n"
        "2024-06-14 12:30 UTC · source Post\n\n"
        "Understood as: And when did Ana Duarte cut it?\n\n"
        "Friday[^3]\n\n"
        "Also said: Saturday[^4]\n\n"
        "No article passes the filter.\n\n"
        "[^1]: “Mayor Ana Duarte cut the ribbon.” — *Bridge opens*, The Harbour Post, "
        "2024-06-14\n\n"
        "[^2]: “Mayor Ana Duarte cut the ribbon.” — *Bridge opens*, The Harbour Post, Li, "
        "2024-06-14\n\n"
        "[^3]: “Mayor Ana Duarte cut the ribbon.” — *Bridge opens*, The Harbour Post, "
        "2024-06-14, page 3, <https://post.example/a?b=1&c=2>\n\n"
        "[^4]: “Mayor Ana Duarte cut the ribbon.” — *Bridge opens*, The Harbour Post, "
        "date unknown\n"
    )


def test_an_empty_conversation_is_its_title() -> None:
    nameless = Session("1234", None, "2024-06-14T12:30:00+00:00", "2024-06-14", 0, None)
    assert exported(nameless, []) == "# Conversation of 2024-06-14\n"


HOSTILE = [
    "<script>alert(1)</script>",
    "![x](https://evil.example/pixel.png)",
    "[click](javascript:alert(1))",
    "# Heading\n\n- item\n\n1. item\n\n> quote",
    "---",
    "===",
    "+ item",
    "12) item",
    "```\ncode\n```",
    "    code",
    "a | b\n--|--\nc | d",
    "&lt;b&gt; &copy;",
    "[^1]: another footnote",
    "[evil]: https://evil.example",
    "<https://evil.example>",
    "end with backslash \\",
    "*a* _b_ ~~c~~ `d` $e$",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_quoted_acts(text: str) -> None:
    hostile = turn(
        1,
        text,
        text,
        citation(1, len(text), cited_text=text, title=text, source=text, author=text, url=text),
        also_said=[{"answer": text, "citation": citation(2, 1)}],
        notes=[text],
        standalone_question=text + "?",
    )
    plain = turn(
        1, "q", "a", citation(1, 1), also_said=[{"answer": "b", "citation": citation(2, 1)}]
    )
    shown = COMMONMARK.parse(exported(SESSION, [hostile]))
    kinds = {one.type for one in shown} | {
        child.type for one in shown for child in one.children or ()
    }
    allowed = {one.type for one in COMMONMARK.parse(exported(SESSION, [plain]))} | {
        "text",
        "text_special",
        "em_open",
        "em_close",
    }
    assert kinds <= allowed


@given(st.text())
@example("www.evil.example http://evil.example a@evil.example")
@example("1. x")
@example("\\")
def test_markdown_shows_escaped_text_as_it_stands(text: str) -> None:
    shown = "".join(
        child.content for one in COMMONMARK.parse(escaped(text)) for child in one.children or ()
    )
    meant = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    assert shown == meant
    assert not re.search(r"(?<!\\)@|https?://|www\.", escaped(text), re.I)
