"""E-mail: a newsletter's subject, sender, date and readable part."""

from email import message_from_bytes, policy

from index.domain import Article
from index.errors import InputError
from index.loading.fields import SetByHand, article_from
from index.loading.web import read_html


def read_email(data: bytes, by_hand: SetByHand) -> Article:
    """Return the article of a message, from its plain part or else from its HTML."""
    try:
        message = message_from_bytes(data, policy=policy.default)
        part = message.get_body(preferencelist=("plain", "html"))
        content = part.get_content() if part else ""
        kind = part.get_content_subtype() if part else "plain"
        headers = {
            "title": str(message["subject"] or ""),
            "source": str(message["from"] or "").split("<", maxsplit=1)[0].strip(' "'),
            "published_at": str(message["date"] or ""),
        }
    except (LookupError, ValueError, TypeError, AttributeError, IndexError, KeyError) as error:
        raise InputError(f"e-mail that cannot be read ({type(error).__name__})") from error
    if not isinstance(content, str) or not content.strip():
        raise InputError("e-mail without a readable part")
    text = (
        read_html(content.encode("utf-8", "replace"), by_hand).text if kind == "html" else content
    )
    return article_from({**headers, "text": text}, by_hand)
