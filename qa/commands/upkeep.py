"""`cuttings status` and `cuttings doctor`."""

import click
import orjson

from index.errors import InputError
from index.health import problems, summary
from index.library import Library
from index.locking import writing
from index.upkeep import bring_up_to_date
from qa.cli import EXIT_ANSWERED, EXIT_FAILED
from qa.configuration import Configuration
from qa.terminal import note

SOURCES_SHOWN = 8


def _opened(library: str | None) -> Library:
    store = Library(Configuration().index(library).library)
    if not store.exists():
        raise InputError(f"no library at {store.folder}; add articles with: cuttings add FOLDER")
    return store


@click.command("status")
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
@click.pass_obj
def status_command(library: str | None, as_json: bool) -> int:
    """Say what is in the library and how its index is."""
    found = summary(_opened(library))
    if as_json:
        click.echo(orjson.dumps(found, option=orjson.OPT_INDENT_2))
        return EXIT_ANSWERED
    sources = ", ".join(f"{name} {count:,}" for name, count in found.sources[:SOURCES_SHOWN])
    more = len(found.sources) - SOURCES_SHOWN
    dates = f"{found.first_date} to {found.last_date}" if found.first_date else "none known"
    rows = {
        "library": f"{found.folder} ({found.bytes / 1e6:,.1f} MB)",
        "articles": f"{found.articles:,}"
        + (f", and {found.earlier_versions:,} earlier versions" if found.earlier_versions else ""),
        "passages": f"{found.passages:,}",
        "dates": dates + (f", {found.undated:,} without a full date" if found.undated else ""),
        "sources": sources + (f" and {more:,} more" if more > 0 else ""),
        "model": found.model or "none yet",
        "index": found.index,
    }
    for name, value in rows.items():
        click.echo(f"{name:<10}{value}")
    return EXIT_ANSWERED


@click.command("doctor")
@click.option("--rebuild", is_flag=True, help="Rebuild the vector index even if it is sound.")
@click.option(
    "--reembed", is_flag=True, help="Embed all passages again, with the model that is set."
)
@click.pass_obj
def doctor_command(library: str | None, rebuild: bool, reembed: bool) -> int:
    """Check everything and repair the index."""
    store = _opened(library)
    from index.embedding import CuttingsEmbeddings

    embeddings = CuttingsEmbeddings(Configuration().embedding, notify=note)
    with writing(store.folder, doing="checking the library"):
        if reembed:
            from index.reembedding import reembed as embed_again

            count = embed_again(store, embeddings, _Counter("embedded"))
            click.echo(f"Embedded {count:,} passages again with {embeddings.identity.name}.")
        found = list(problems(store))
        for problem in found:
            click.echo(f"Problem: {problem}", err=True)
        done = bring_up_to_date(
            store, embeddings.identity, force=rebuild, progress=_Counter("indexed")
        )
    for line in done:
        click.echo(line)
    if found:
        click.echo(
            "The library itself is damaged: restore a copy, or add the articles to a new one; "
            "damaged embeddings alone are mended by: cuttings doctor --reembed",
            err=True,
        )
        return EXIT_FAILED
    click.echo(
        f"All is well: {store.count_articles():,} articles, {store.count_passages():,} passages."
    )
    return EXIT_ANSWERED


class _Counter:
    """Prints how far long work has come, on a terminal."""

    def __init__(self, verb: str) -> None:
        self._verb = verb

    def __call__(self, done: int, total: int) -> None:
        import sys

        if sys.stderr.isatty():
            end = "\n" if done >= total else "\r"
            click.echo(f"{done:,} of {total:,} passages {self._verb}{end}", nl=False, err=True)
