"""`cuttings add` and `cuttings remove`."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click
import orjson

from index.dates import parse_date
from index.errors import InputError
from index.ingest import Ingest, IngestReport, Progress
from index.library import Library
from index.loading import FIELD_NAMES, Loader, SetByHand
from index.locking import writing
from index.settings import IndexSettings
from index.upkeep import bring_up_to_date
from index.writing import LibraryWriter
from qa.cli import EXIT_ANSWERED, EXIT_FAILED, EXIT_STOPPED
from qa.configuration import Configuration
from qa.errors import ReaderError
from qa.terminal import console, note, note_error, warn_lines

if TYPE_CHECKING:
    from index.embedding import CuttingsEmbeddings

MOST_SKIPS_SHOWN = 20


@click.command("add")
@click.argument("paths", nargs=-1, required=True)
@click.option("--date", "published_at", metavar="DATE", help="Publication date of all of them.")
@click.option("--source", help="Outlet of all of them, such as Reuters.")
@click.option("--author", help="Author of all of them.")
@click.option(
    "--field",
    "fields",
    multiple=True,
    metavar="OURS=THEIRS",
    help="Where records keep a field, such as text=payload; may be repeated.",
)
@click.option("--prune", is_flag=True, help="Remove articles whose files are gone.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def add_command(
    library: str | None,
    paths: tuple[str, ...],
    published_at: str | None,
    source: str | None,
    author: str | None,
    fields: tuple[str, ...],
    prune: bool,
    as_json: bool,
) -> int:
    """Add articles from files, folders or standard input ("-").

    Reads .txt, .md, .html, .pdf, .eml, and collections in .jsonl, .json and .csv. Adding the same
    again changes nothing; a changed file replaces its article.
    """
    settings = Configuration().index(library)
    by_hand = SetByHand(
        source=source, author=author, published_at=_date(published_at), fields=_fields(fields)
    )
    _refuse_addresses(paths)
    from index.embedding import CuttingsEmbeddings

    embeddings = CuttingsEmbeddings(settings.embedding, notify=note)
    store = Library(settings.library)
    with writing(settings.library, doing="adding articles"), _progress(as_json) as progress:
        ingest = Ingest(store, embeddings, settings, by_hand=by_hand, progress=progress)
        if "-" in paths:
            with Loader(settings.loading, by_hand) as loader:
                data = sys.stdin.buffer.read(settings.loading.max_file_bytes + 1)
                if len(data) > settings.loading.max_file_bytes:
                    raise InputError(f"standard input: more than {len(data) - 1:,} bytes")
                ingest.add_loaded([loader.load_bytes("standard input", data)])
        files = [Path(path).expanduser() for path in paths if path != "-"]
        try:
            report = ingest.add_paths(files, prune=prune) if files else ingest.report
        except KeyboardInterrupt:
            note_error(_stopped(ingest.report))
            return EXIT_STOPPED
        report.notes += bring_up_to_date(store, embeddings.identity, progress=progress.indexing)
    _print_report(report, as_json=as_json, prune=prune)
    _make_reader_ready(settings, embeddings)
    return EXIT_ANSWERED if report.articles or not report.skipped else EXIT_FAILED


@click.command("remove")
@click.argument("names", nargs=-1, required=True)
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.pass_obj
def remove_command(library: str | None, names: tuple[str, ...], as_json: bool) -> int:
    """Remove articles by id, file, folder or address."""
    settings = Configuration().index(library)
    store = Library(settings.library)
    if not store.exists():
        raise InputError(f"no library at {settings.library}; nothing to remove")
    from index.embedding import CuttingsEmbeddings
    from index.removing import remove

    embeddings = CuttingsEmbeddings(settings.embedding)
    with writing(settings.library, doing="removing articles"):
        writer = LibraryWriter(store, embeddings.identity)
        removed, unknown = remove(store, writer, names)
        bring_up_to_date(store, embeddings.identity)
    if as_json:
        click.echo(orjson.dumps({"removed": removed, "unknown": unknown}))
    else:
        click.echo(f"Removed {removed:,} article{'s' * (removed != 1)}.")
        for name in unknown:
            note_error(f"nothing known by the name {name}; list them with: cuttings articles")
    return EXIT_FAILED if unknown else EXIT_ANSWERED


def _make_reader_ready(settings: IndexSettings, embeddings: "CuttingsEmbeddings") -> None:
    """Do what the first question would have to wait for; what fails is told by that."""
    qa = Configuration().qa()
    if qa.reader.enabled:
        from qa.assembly import open_reader

        with suppress(ReaderError):
            open_reader(settings, qa, embeddings, notify=note)


def _stopped(report: IngestReport) -> str:
    stored = report.added + report.replaced
    return f"Stopped; {stored:,} articles are stored, and the same command goes on from there."


def _date(text: str | None) -> str | None:
    if text is None:
        return None
    date = parse_date(text)
    if date is None:
        raise InputError(f"--date: {text!r} is not a date, expected one like 2024-06-14")
    return date


def _fields(pairs: tuple[str, ...]) -> dict[str, str]:
    mapping = dict(pair.split("=", maxsplit=1) for pair in pairs if "=" in pair)
    unknown = [pair for pair in pairs if pair.split("=", maxsplit=1)[0] not in FIELD_NAMES]
    if len(mapping) < len(pairs) or unknown:
        raise InputError(
            f"--field: {(unknown or list(pairs))[0]!r}, expected OURS=THEIRS with OURS one of "
            f"{', '.join(FIELD_NAMES)}"
        )
    return mapping


def _refuse_addresses(paths: tuple[str, ...]) -> None:
    for path in paths:
        if path.startswith(("http://", "https://")):
            raise InputError(f"{path}: pages are not fetched; save it as a file and add that")


class _Bar:
    """A progress bar on a terminal, nothing elsewhere."""

    def __init__(self) -> None:
        from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

        self.bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[speed]}"),
            TimeRemainingColumn(),
            console=console(stderr=True),
            transient=True,
        )
        self.task = self.bar.add_task("Reading articles", total=None, speed="")

    def __call__(self, report: IngestReport, *, done_bytes: int, total_bytes: int) -> None:
        speed = report.articles / max(report.seconds, 0.001)
        self.bar.update(
            self.task,
            completed=done_bytes,
            total=total_bytes or None,
            description=f"{report.articles:,} articles",
            speed=f"{speed:,.1f}/s",
        )

    def indexing(self, done: int, total: int) -> None:
        self.bar.update(
            self.task, description="Vector index", completed=done, total=total, speed=""
        )


class _Silent:
    def __call__(self, report: IngestReport, *, done_bytes: int, total_bytes: int) -> None:
        pass

    def indexing(self, done: int, total: int) -> None:
        pass


@contextmanager
def _progress(as_json: bool) -> Iterator["_Bar | _Silent"]:
    if as_json or not sys.stderr.isatty():
        yield _Silent()
        return
    bar = _Bar()
    with bar.bar:
        yield bar


def _print_report(report: IngestReport, *, as_json: bool, prune: bool) -> None:
    if as_json:
        click.echo(orjson.dumps(report, option=orjson.OPT_INDENT_2))
        return
    parts = [
        f"{report.added:,} added",
        f"{report.replaced:,} replaced",
        f"{report.unchanged:,} unchanged",
        f"{report.duplicates:,} already there elsewhere",
        f"{len(report.skipped):,} skipped",
        f"{report.removed:,} removed",
    ]
    shown = [part for part in parts if not part.startswith("0 ")] or ["nothing found"]
    rate = (report.added + report.replaced) / max(report.seconds, 0.001)
    click.echo(f"{', '.join(shown)} ({report.seconds:.1f} s, {rate:.1f} articles/s)")
    warn_lines([f"skipped {one.place}: {one.reason}" for one in report.skipped], MOST_SKIPS_SHOWN)
    if report.missing and not prune:
        warn_lines([f"gone: {place}" for place in report.missing], MOST_SKIPS_SHOWN)
        note_error("What is gone stays findable; remove it with: cuttings add --prune FOLDER")
    for line in report.notes:
        note_error(line)


__all__ = ["Progress", "add_command", "remove_command"]
