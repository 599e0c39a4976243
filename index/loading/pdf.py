"""PDF: the text of each page, with the offset at which each page begins."""

import io
import logging

from index.dates import parse_date
from index.domain import Article
from index.errors import InputError
from index.loading.fields import SetByHand, finished
from index.loading.plain import read_text

PAGE_BREAK = "\n\n"


def read_pdf(data: bytes, by_hand: SetByHand) -> Article:
    """Return the article of a PDF; raises InputError for one encrypted, damaged or without text."""
    import pypdf
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = pypdf.PdfReader(io.BytesIO(data), strict=False)
        if reader.is_encrypted and not reader.decrypt(""):
            raise InputError("encrypted PDF; save a copy without its password")
        pages = [page.extract_text() or "" for page in reader.pages]
        document = reader.metadata or {}
    except (
        PyPdfError,
        ValueError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        OSError,
        RecursionError,
        AssertionError,
        NotImplementedError,
        OverflowError,
    ) as error:
        raise InputError(f"damaged PDF ({type(error).__name__})") from error
    text, starts = _joined(pages)
    if not text.strip():
        raise InputError("PDF without text, perhaps scanned; run OCR on it first")
    return _with_document_fields(text, starts, document, by_hand)


def _with_document_fields(
    text: str, starts: tuple[int, ...], document: object, by_hand: SetByHand
) -> Article:
    from dataclasses import replace

    fields = document if isinstance(document, dict) else {}
    article = read_text(text, by_hand)
    created = str(fields.get("/CreationDate") or "")
    day = f"{created[2:6]}-{created[6:8]}-{created[8:10]}" if created.startswith("D:") else None
    return finished(
        replace(
            article,
            page_starts=starts,
            title=article.title or str(fields.get("/Title") or ""),
            author=article.author or str(fields.get("/Author") or "") or None,
            published_at=article.published_at or parse_date(day),
        ),
        by_hand,
    )


def _joined(pages: list[str]) -> tuple[str, tuple[int, ...]]:
    """Join pages into one text; half characters of broken fonts become U+FFFD."""
    clean = [
        page.encode("utf-16", "surrogatepass").decode("utf-16", "replace").replace("\x00", "\ufffd")
        for page in pages
    ]
    starts, length = [], 0
    for page in clean:
        starts.append(length)
        length += len(page) + len(PAGE_BREAK)
    return PAGE_BREAK.join(clean), tuple(starts)
