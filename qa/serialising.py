"""Answers as the JSON that both doors give out."""

from typing import Any

from qa.domain import Answer, Citation, RetrievedPassage


def answer_json(answer: Answer, *, session_id: str | None = None) -> dict[str, Any]:
    """Return the answer in the shape of `POST /chat`."""
    return {
        "answer": answer.text,
        "answered": answer.answered,
        "confidence": round(answer.confidence, 4),
        "standalone_question": answer.standalone_question,
        "session_id": session_id,
        "answerer": answer.answerer,
        "citations": [citation_json(one) for one in answer.citations],
        "also_said": [
            {
                "answer": one.text,
                "confidence": round(one.confidence, 4),
                "citation": citation_json(one.citation),
            }
            for one in answer.also_said
        ],
        "passages": [passage_json(one) for one in answer.passages],
        "notes": list(answer.notes),
        "struck": [
            {"text": one.text, "reason": one.reason, "position": one.position}
            for one in answer.struck
        ],
    }


def citation_json(citation: Citation) -> dict[str, Any]:
    """Return a citation: the cutting, where it stands, and which part of the answer it supports."""
    return {
        "id": citation.id,
        **_article_fields(citation.retrieved, citation.start_char),
        "cited_text": citation.cited_text,
        "start_char": citation.start_char,
        "end_char": citation.end_char,
        "answer_start": citation.answer_start,
        "answer_end": citation.answer_end,
        "score": round(citation.score, 4),
    }


def passage_json(retrieved: RetrievedPassage) -> dict[str, Any]:
    """Return a retrieved passage, which is near the question but no answer by itself."""
    passage = retrieved.stored.passage
    return {
        **_article_fields(retrieved, passage.start_char),
        "text": retrieved.text,
        "start_char": passage.start_char,
        "end_char": passage.end_char,
        "score": round(retrieved.score, 4),
    }


def _article_fields(retrieved: RetrievedPassage, offset: int) -> dict[str, Any]:
    article, passage = retrieved.stored.article, retrieved.stored.passage
    return {
        "article_id": passage.article_id,
        "passage_id": passage.id,
        "title": article.title,
        "source": article.source,
        "author": article.author,
        "url": article.url,
        "published_at": article.published_at,
        "page": article.page_at(offset),
    }
