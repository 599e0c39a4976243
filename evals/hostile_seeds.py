"""Made-up article files of every kind, sound ones, for hostile_contents.py to spoil."""

import csv
import io
import json
import random
import zlib
from email.message import EmailMessage

from evals.datasets import ROOT

Content = tuple[str, bytes]
"""A suffix and the bytes."""
EXAMPLES = ROOT / "examples" / "articles"
PLACES = ("Port Ellery", "Quay Street", "Sandholm", "the harbour", "North Pier", "Vester Bay")
PEOPLE = ("Ana Duarte", "Bo Ek", "Aoife Brennan", "Tomás Riva", "Mei Lin", "José Ibáñez")
DEEDS = ("opened a school", "closed the lock", "counted the seabirds", "sold the ferry", "sang")


def sentences(rng: random.Random, count: int) -> str:
    """Return made-up news, a new text every time."""
    return " ".join(
        f"{rng.choice(PEOPLE)} {rng.choice(DEEDS)} at {rng.choice(PLACES)} "
        f"on June {rng.randint(1, 30)}, case {rng.randrange(10**9)}."
        for _ in range(count)
    )


def text(rng: random.Random) -> bytes:
    """Return plain text: an example of the project, or made up."""
    if rng.random() < 0.5:
        chosen = rng.choice(sorted(EXAMPLES.glob("*.txt")))
        return chosen.read_bytes() + f"\n\nEdition {rng.randrange(10**9)}.\n".encode()
    return f"News of the day\n\n{sentences(rng, 8)}\n\n{sentences(rng, 4)}\n".encode()


def markdown(rng: random.Random, matter: str = "title: Talks\ndate: 2024-05-01") -> bytes:
    """Return Markdown with front matter."""
    return f"---\n{matter}\n---\n# Talks\n\n{sentences(rng, 6)}\n".encode()


def html(rng: random.Random, inside: str = "", head: str = "") -> bytes:
    """Return a page with an article in it."""
    body = "".join(f"<p>{sentences(rng, 3)}</p>" for _ in range(4))
    return (
        f"<!DOCTYPE html><html><head><title>Talks</title>{head}</head><body><nav>Home</nav>"
        f"<article><h1>Talks</h1>{body}{inside}</article></body></html>"
    ).encode()


def email(rng: random.Random) -> bytes:
    """Return a newsletter in two forms."""
    message = EmailMessage()
    message["From"], message["Subject"] = "The Courier <news@courier.example>", "Morning brief"
    message["Date"] = "Fri, 14 Jun 2024 06:00:00 +0000"
    message.set_content(sentences(rng, 6))
    message.add_alternative(html(rng).decode(), subtype="html")
    return message.as_bytes()


def records(rng: random.Random) -> list[dict[str, str]]:
    """Return records of a collection."""
    return [
        {"title": f"Item {n}", "text": sentences(rng, 4), "date": "2024-06-14"} for n in range(3)
    ]


def json_lines(rng: random.Random) -> bytes:
    """Return a .jsonl collection."""
    return b"".join(json.dumps(one).encode() + b"\n" for one in records(rng))


def json_whole(rng: random.Random) -> bytes:
    """Return a .json collection."""
    return json.dumps({"articles": records(rng)}).encode()


def table(rng: random.Random) -> bytes:
    """Return a .csv collection."""
    out = io.StringIO()
    writer = csv.DictWriter(out, ["title", "text", "date"])
    writer.writeheader()
    writer.writerows(records(rng))
    return out.getvalue().encode()


def pdf(rng: random.Random, content: bytes | None = None, *, extra: bytes = b"") -> bytes:
    """Return a PDF of one page; `content` takes the place of its compressed content stream."""
    if content is None:
        lines = sentences(rng, 5).encode("latin-1", "replace").split(b". ")
        content = zlib.compress(
            b"BT /F1 12 Tf 72 720 Td "
            + b" ".join(b"(%s.) Tj 0 -14 Td" % one for one in lines)
            + b" ET"
        )
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    return assembled(objects, extra)


def assembled(objects: tuple[bytes, ...], extra: bytes = b"") -> bytes:
    """Return a PDF of the objects, numbered from 1, with a table of where they are."""
    data, offsets = b"%PDF-1.4\n", []
    for number, one in enumerate(objects, 1):
        offsets.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    size = len(objects) + 1
    lines = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return data + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer\n<< /Size %d /Root 1 0 R %s >>\n"
        b"startxref\n%d\n%%%%EOF\n" % (size, lines, size, extra, len(data))
    )


SOUND = {
    ".txt": text,
    ".md": markdown,
    ".html": html,
    ".eml": email,
    ".jsonl": json_lines,
    ".json": json_whole,
    ".csv": table,
    ".pdf": pdf,
}
"""Suffix to the maker of a sound file."""
