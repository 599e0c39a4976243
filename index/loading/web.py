"""HTML: the main text by trafilatura, and what the page's metadata says of it."""

from typing import Any
from urllib.parse import urlsplit

import orjson

from index.domain import Article
from index.errors import InputError
from index.loading.decoding import declared_encoding, decode
from index.loading.fields import SetByHand, article_from

ARTICLE_TYPES = (
    "article",
    "newsarticle",
    "reportagenewsarticle",
    "blogposting",
    "webpage",
    "analysisnewsarticle",
    "opinionnewsarticle",
    "liveblogposting",
)
META_NAMES = {
    "title": ("og:title", "twitter:title"),
    "published_at": (
        "article:published_time",
        "og:article:published_time",
        "date",
        "pubdate",
        "dc.date",
        "dc.date.issued",
        "publish-date",
        "parsely-pub-date",
        "sailthru.date",
        "datepublished",
    ),
    "modified_at": ("article:modified_time", "og:updated_time", "last-modified", "datemodified"),
    "author": ("author", "byl", "article:author", "parsely-author", "dc.creator"),
    "source": ("og:site_name", "application-name", "dc.publisher"),
    "url": ("og:url",),
}
MAX_TREE_DEPTH = 2_000


def read_html(data: bytes, by_hand: SetByHand) -> Article:
    """Return the article of a page; raises InputError where trafilatura finds no main text."""
    import trafilatura
    from lxml import etree
    from trafilatura.utils import load_html

    page = decode(data, declared=declared_encoding(data))
    tree = load_html(page)
    if tree is None:
        raise InputError("not HTML, or empty")
    if _depth(tree) > MAX_TREE_DEPTH:
        raise InputError(f"HTML nested more than {MAX_TREE_DEPTH} deep")
    metadata = _metadata(tree)
    try:
        text = trafilatura.extract(
            tree, favor_recall=True, include_comments=False, include_tables=True
        )
    except (etree.LxmlError, RecursionError, ValueError) as error:
        raise InputError(f"HTML that cannot be read ({type(error).__name__})") from error
    if not text:
        raise InputError("no article text found in the HTML")
    return article_from({**metadata, "text": text}, by_hand)


def _metadata(tree: Any) -> dict[str, Any]:
    """Collect fields from JSON-LD, then meta tags, then the visible page; the first wins."""
    found = _from_json_ld(tree)
    tags = _meta_tags(tree)
    for name, aliases in META_NAMES.items():
        value = next((tags[alias] for alias in aliases if alias in tags), None)
        if value and not found.get(name):
            found[name] = value
    for name, path in (
        ("title", "//h1"),
        ("title", "//title"),
        ("published_at", "//time[@datetime]"),
        ("url", "//link[@rel='canonical']"),
    ):
        if not found.get(name) and (nodes := tree.xpath(path)):
            value = nodes[0].get("datetime") or nodes[0].get("href") or nodes[0].text_content()
            found[name] = value
    if not found.get("source") and found.get("url"):
        found["source"] = urlsplit(str(found["url"])).netloc.removeprefix("www.")
    return found


def _meta_tags(tree: Any) -> dict[str, str]:
    tags: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = node.get("property") or node.get("name") or node.get("itemprop")
        if name and node.get("content"):
            tags.setdefault(name.strip().lower(), node.get("content").strip())
    return tags


def _from_json_ld(tree: Any) -> dict[str, Any]:
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            parsed = orjson.loads(script.text or "")
        except orjson.JSONDecodeError:
            continue
        for item in _linked_items(parsed):
            kinds = item.get("@type", "")
            kinds = kinds if isinstance(kinds, list) else [kinds]
            if any(str(kind).lower() in ARTICLE_TYPES for kind in kinds) and item.get("headline"):
                return {
                    "title": item["headline"],
                    "published_at": item.get("datePublished"),
                    "modified_at": item.get("dateModified"),
                    "author": item.get("author"),
                    "source": item.get("publisher"),
                    "url": item.get("url"),
                }
    return {}


def _linked_items(parsed: Any) -> list[dict[str, Any]]:
    """Return the objects of a JSON-LD block, those of its @graph included."""
    items = parsed if isinstance(parsed, list) else [parsed]
    flat = [item for item in items if isinstance(item, dict)]
    for item in list(flat):
        graph = item.get("@graph")
        flat += [one for one in graph if isinstance(one, dict)] if isinstance(graph, list) else []
    return flat


def _depth(tree: Any) -> int:
    deepest = depth = 0
    from lxml import etree

    for event, _ in etree.iterwalk(tree, events=("start", "end")):
        depth += 1 if event == "start" else -1
        deepest = max(deepest, depth)
    return deepest
