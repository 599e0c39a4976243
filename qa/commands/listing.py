"""`cuttings articles` and `cuttings show`."""

from typing import Any

import click
import orjson

from index.errors import InputError
from index.filters import ArticleFilter
from index.library import Library
from qa.cli import EXIT_ANSWERED
from qa.commands.opening import article_page
from qa.commands.questions import filter_options
from qa.configuration import Configuration
from qa.terminal import note, printable, shown_date


@click.command("articles")
@filter_options
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1))
@click.option("--offset", default=0, type=click.IntRange(0))
@click.option("--json", "as_json", is_flag=True, help="Print them as JSON.")
@click.pass_obj
def articles_command(
    library: str | None, /, limit: int, offset: int, as_json: bool, **where: Any
) -> int:
    """List the articles, newest first."""
    store = Library(Configuration().index(library).library)
    if not store.exists():
        raise InputError(f"no library at {store.folder}; add articles with: cuttings add FOLDER")
    wanted = ArticleFilter(**where)
    found = store.articles(wanted, limit=limit, offset=offset)
    if as_json:
        click.echo(
            orjson.dumps(
                [
                    {
                        "id": article_id,
                        "title": one.title,
                        "source": one.source,
                        "author": one.author,
                        "url": one.url,
                        "published_at": one.published_at,
                        "places": store.places(article_id),
                    }
                    for article_id, one in found
                ],
                option=orjson.OPT_INDENT_2,
            )
        )
        return EXIT_ANSWERED
    for article_id, one in found:
        source = f"{one.source} · " if one.source else ""
        click.echo(
            printable(
                f"{article_id}  {shown_date(one.published_at)}  {source}{one.title or 'untitled'}"
            )
        )
    total = store.count_articles(wanted)
    if total > len(found):
        note(
            f"{offset + 1:,} to {offset + len(found):,} of {total:,}; "
            "more with --limit and --offset"
        )
    return EXIT_ANSWERED


@click.command("show")
@click.argument("article_id")
@click.pass_obj
def show_command(library: str | None, article_id: str) -> int:
    """Print an article by its id, as every citation names it."""
    store = Library(Configuration().index(library).library)
    article = store.article(article_id) if store.exists() else None
    if article is None:
        raise InputError(f"no article {article_id}; list them with: cuttings articles")
    click.echo(article_page(article)[0])
    return EXIT_ANSWERED
