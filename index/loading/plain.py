"""Plain text and Markdown: a headline that stands apart, front matter, and the text as it is."""

import re
from typing import Any

from index.dates import dateline_date, updated_date
from index.domain import Article
from index.loading.bylines import byline_author
from index.loading.fields import SetByHand, article_from, finished

LONGEST_TITLE_CHARS = 250
LONGEST_FRONT_MATTER_CHARS = 20_000
# Bounded and possessive: a line of 10,000 blanks took hours by "\s*([^\n\r]+?)[ \t]*\r?\n".
TITLE_LINE = re.compile(
    rf"\s*+([^\n\r]{{1,{LONGEST_TITLE_CHARS}}}?)[ \t]{{0,99}}+\r?\n[ \t]{{0,99}}+\r?\n(?=\s*\S)"
)
MARKDOWN_TITLE = re.compile(r"\s*+#[ \t]{1,99}+([^\n\r]{1,999}?)[ \t#]{0,99}(?:\r?\n|$)")
UNDERLINE = re.compile(r"[=*_~-]{3,}\r?\n")
SENTENCE_END = re.compile(r"""[.,;:]["'”’)]*$""")


def read_text(text: str, by_hand: SetByHand) -> Article:
    """Return the article in plain text; the first line is its title where it stands apart."""
    title, body_start = _leading_title(text)
    return finished(
        Article(
            text=text,
            title=title,
            body_start=body_start,
            author=byline_author(text),
            published_at=dateline_date(text),
            modified_at=updated_date(text),
        ),
        by_hand,
    )


def read_markdown(text: str, by_hand: SetByHand) -> Article:
    """Return the article in Markdown, with the fields of its front matter if it has one."""
    matter, content = _front_matter(text)
    found = MARKDOWN_TITLE.match(content)
    if not found and not matter:
        return read_text(text, by_hand)
    record = {"title": found.group(1) if found else "", **matter, "text": content}
    article = article_from(record, by_hand)
    from dataclasses import replace

    return replace(article, body_start=found.end() if found else article.body_start)


def _front_matter(text: str) -> tuple[dict[str, Any], str]:
    """Split YAML front matter off; one that is malformed, or a bomb, stays part of the text."""
    opening = text.lstrip()[:LONGEST_FRONT_MATTER_CHARS]
    if not opening.startswith("---") or "\n---" not in opening:
        return {}, text
    import frontmatter
    import yaml

    yaml_handler = frontmatter.YAMLHandler()
    try:
        if _has_aliases(yaml_handler.split(text.strip())[0]):
            return {}, text
        matter, content = frontmatter.parse(text, handler=yaml_handler)
    except (yaml.YAMLError, ValueError, RecursionError):
        return {}, text
    return (matter, content) if isinstance(matter, dict) else ({}, text)


def _has_aliases(matter: str) -> bool:
    """Say whether YAML refers to itself, by which 300 bytes can grow into gigabytes."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(matter, Loader=loader))


def _leading_title(text: str) -> tuple[str, int]:
    found = TITLE_LINE.match(text)
    if not found or SENTENCE_END.search(found.group(1)):
        return "", 0
    end = found.end()
    if underline := UNDERLINE.match(text, end):
        end = underline.end()
    return found.group(1), end
