"""Pages, PDFs and e-mails that are made to break their parsers."""

import io
import random
import zlib
from email.message import EmailMessage

from evals import hostile_seeds as sound
from evals.hostile_seeds import Content

SECRET = "root:x:0:0"
"""What /etc/passwd begins with; found in an article, a local file was read."""


def odd_html(rng: random.Random) -> Content:
    names = [f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12)]
    bomb = f'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY e0 "ha">{"".join(names)}]>'
    outside = '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    include = (
        '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    )
    page = sound.html(rng).decode().removeprefix("<!DOCTYPE html>")
    linked = '<script type="application/ld+json">%s</script>'
    bodies = (
        (".xhtml", bomb + page.replace("<h1>", "<h1>&e11;")),
        (".xhtml", '<?xml version="1.0"?>' + outside + page.replace("<h1>", "<h1>&x; ")),
        (".html", outside + page.replace("<p>", "<p>&x; ")),
        (".xhtml", page.replace("<h1>", include + "<h1>")),
        (".html", "<div>" * 1900 + page),
        (".html", "<div>" * 100_000 + page),
        (".html", "<html><body>" + "<b><i>" * 30_000 + "text"),
        (".html", "<html><body><table>" + "<tr><td>" * 3000 + page),
        (".html", page.replace("<h1>", "<p>" + "&amp;" * 200_000 + "</p><h1>")),
        (".html", page.replace("<h1>", "<h1 " + "a=1 " * 50_000 + ">")),
        (".html", page.replace("<h1>", "<!--" * 50_000 + "<h1>")),
        (".html", page.replace("Talks", "&#xD800;&#0;&#x110000;")),
        (".html", page.replace("<head>", "<head>" + linked % ("[" * 1000 + "]" * 1000))),
        (".html", page.replace("<head>", "<head>" + linked % '{"@type":"Article","headline":7}')),
        (".html", page.replace("<head>", '<head><meta name="date" content="1 +9999">')),
        (".html", page.replace("<head>", '<head><link rel="canonical" href="http://[bad">')),
        (".html", "<html>" + page * 300),
    )
    suffix, body = rng.choice(bodies)
    return suffix, body.encode()


def odd_pdf(rng: random.Random) -> Content:
    whole = sound.pdf(rng)
    bomb = _flate_bomb(2_000_000_000)
    twice = zlib.compress(_flate_bomb(1_000_000_000))
    loop = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2 >>",
    )
    self_length = b"<< /Length 3 0 R /Filter /FlateDecode >>\nstream\nx\nendstream"
    bodies = (
        sound.pdf(rng, bomb),
        sound.pdf(rng, twice).replace(b"/FlateDecode", b"[/FlateDecode /FlateDecode]", 1),
        whole[: rng.randrange(20, len(whole))],
        whole[: rng.randrange(20, len(whole))],
        sound.assembled(loop),
        sound.assembled((*loop[:1], b"2 0 R", self_length)),
        whole.replace(b"/Parent 2 0 R", b"/Parent 3 0 R").replace(b"[3 0 R]", b"[3 0 R 3 0 R]"),
        sound.pdf(rng, extra=b"/Prev 9"),
        sound.pdf(rng, extra=b"/Encrypt << /Filter /Standard /V 9 >>"),
        sound.pdf(rng, zlib.compress(b"BT /F1 12 Tf " + b"(a) Tj " * 300_000 + b"ET")),
        sound.pdf(rng, zlib.compress(b"q " * 500_000)),
        sound.pdf(rng, zlib.compress(b"[" * 100_000)),
        whole.replace(b"612 792", b"9" * 400),
        whole.replace(b"/Count 1", b"/Count 999999999"),
        b"%PDF-1.7\n",
        _encrypted(whole),
    )
    return ".pdf", rng.choice(bodies)


def _flate_bomb(size: int) -> bytes:
    """Return a zlib stream of `size` zeros: one block, repeated, so that it is made at once."""
    block = 10_000_000
    packer = zlib.compressobj(9, wbits=-15)
    packed = packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = (size % 65_521) << 16 | 1  # what Adler-32 comes to over zeros
    return b"\x78\xda" + packed * (size // block) + b"\x03\x00" + checksum.to_bytes(4, "big")


def _encrypted(whole: bytes) -> bytes:
    from pypdf import PdfReader, PdfWriter

    writer, out = PdfWriter(clone_from=PdfReader(io.BytesIO(whole))), io.BytesIO()
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def odd_email(rng: random.Random) -> Content:
    plain = sound.email(rng)
    nested = EmailMessage()
    nested.set_content(sound.sentences(rng, 3))
    for _ in range(40):
        outer = EmailMessage()
        outer.set_content("See below.")
        outer.add_attachment(nested)
        nested = outer
    head = b"Content-Type: multipart/mixed; boundary=x\n\n"
    bodies = (
        nested.as_bytes(),
        (head + b"--x\n") * 3000,
        head + b"--x\nContent-Type: text/plain\n\nA\n" * 50_000,
        plain.replace(b"utf-8", b"no-such-charset"),
        plain.replace(b"7bit", b"base64"),
        b"Subject: " + b"=?utf-8?b?////?= " * 3000 + b"\n\n" + sound.text(rng),
        b"Subject: =?utf-8?q?=ED=A0=80?=\nDate: Fri, 99 Jun 2024 99:00:00 +9999\n\nText here.",
        b"From: " + b"(" * 5000 + b"\n\nText here.",
        b"From: " + b"a@b," * 20_000 + b"\n\nText here.",
        b"Content-Type: text/html\n\n" + sound.html(rng, "<b>" * 3000),
        b"Content-Type: text/plain; charset=utf-16\n\n" + sound.text(rng),
        b"Content-Type: text/plain; x*0=a; x*2=b; x*=''%ff\n\nText here.",
        b"\n\n",
        b"no header at all",
    )
    return ".eml", rng.choice(bodies)
