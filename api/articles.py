"""`/articles`: list, read, add and remove."""

from typing import Annotated, Any

from fastapi import APIRouter, HTTPException, Query, Request

from api.chat import OpenedLibrary, QueryFilters
from api.schemas import AddReply, AddRequest, ArticleBody, ArticleList, article_facts
from index.domain import content_id
from index.ingest import Ingest
from index.loading import Loader
from index.locking import writing
from index.settings import IndexSettings
from index.upkeep import bring_up_to_date
from index.writing import LibraryWriter

router = APIRouter(prefix="/articles", tags=["articles"])


@router.get("", response_model=ArticleList)
def list_articles(
    library: OpenedLibrary,
    where: QueryFilters,
    limit: Annotated[int, Query(ge=1, le=1000)] = 50,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> dict[str, Any]:
    """List the articles, newest first."""
    if not library.library.exists():
        return {"total": 0, "articles": []}
    found = library.library.articles(where, limit=limit, offset=offset)
    return {
        "total": library.library.count_articles(where),
        "articles": [article_facts(article_id, article) for article_id, article in found],
    }


@router.get("/{article_id}", response_model=ArticleBody)
def read_article(article_id: str, library: OpenedLibrary) -> dict[str, Any]:
    """Return an article with its text, also one that a newer version has replaced."""
    store = library.library
    article = store.article(article_id) if store.exists() else None
    if article is None:
        raise HTTPException(404, "no such article")
    return {
        **article_facts(article_id, article),
        "text": article.text,
        "places": store.places(article_id),
        "superseded_by": store.superseded_by(article_id),
    }


@router.post("", response_model=AddReply, status_code=201)
def add_articles(body: AddRequest, request: Request, library: OpenedLibrary) -> dict[str, Any]:
    """Add articles; when this answers they are stored and can be found."""
    settings: IndexSettings = request.app.state.index
    embeddings = library.embeddings.lean
    with (
        writing(settings.library, doing="adding articles over HTTP"),
        Loader(settings.loading) as loader,
    ):
        ingest = Ingest(library.library, embeddings, settings)
        report = ingest.add_loaded(
            loader.load_record(_place(record), record) for record in body.articles
        )
        bring_up_to_date(library.library, embeddings.identity)
    return {
        "added": report.added,
        "replaced": report.replaced,
        "unchanged": report.unchanged,
        "duplicates": report.duplicates,
        "article_ids": report.article_ids,
        "skipped": [{"place": one.place, "reason": one.reason} for one in report.skipped],
    }


@router.delete("/{article_id}", status_code=204)
def remove_article(article_id: str, request: Request, library: OpenedLibrary) -> None:
    """Remove an article and its earlier versions."""
    settings: IndexSettings = request.app.state.index
    if not library.library.exists() or library.library.article(article_id) is None:
        raise HTTPException(404, "no such article")
    with writing(settings.library, doing="removing an article over HTTP"):
        LibraryWriter(library.library, library.embeddings.identity).remove_articles([article_id])


def _place(record: dict[str, Any]) -> str:
    """Name where a posted article lives: its address, or what it says."""
    for name in ("url", "link"):
        if isinstance(record.get(name), str) and record[name]:
            return str(record[name])
    return f"posted#{content_id(repr(sorted(record.items(), key=str)))}"
