"""Bytes to text: the encodings that news files come in, and how a binary file is told apart."""

import re

from index.errors import InputError

BOMS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)
GUESSING_BYTES = 100_000
MAX_CONTROL_SHARE = 0.02


def decode(data: bytes, *, declared: str | None = None) -> str:
    """Return the text in `data`, without a byte order mark, and otherwise as it was.

    Raises InputError where the bytes are not text.
    """
    for mark, encoding in BOMS:
        if data.startswith(mark):
            return _checked(data.decode(encoding, "replace").removeprefix("\ufeff"))
    for encoding in filter(None, ("utf-8", declared)):
        try:
            return _checked(data.decode(encoding))
        except (UnicodeDecodeError, LookupError):
            continue
    if b"\x00" in data[:GUESSING_BYTES]:
        raise InputError("binary data, expected text")
    return _checked(data.decode(_guess(data), "replace"))


def declared_encoding(data: bytes) -> str | None:
    """Return the encoding that HTML or XML names in its first lines, None without one."""
    found = DECLARED.search(data[:4096])
    return found.group(1).decode("ascii") if found else None


def _guess(data: bytes) -> str:
    """Guess by letter statistics; the Windows code page is what unlabelled Western text is."""
    import charset_normalizer

    best = charset_normalizer.from_bytes(data[:GUESSING_BYTES]).best()
    if best is None or best.encoding.startswith(("cp", "latin", "iso8859", "mac", "hp")):
        western = charset_normalizer.from_bytes(data[:GUESSING_BYTES], cp_isolation=["cp1252"])
        return "cp1252" if western.best() or best is None else best.encoding
    return best.encoding


def _checked(text: str) -> str:
    """Refuse what decodes but is not text, and code points that no encoding can store."""
    if "\x00" in text:
        raise InputError("holds NUL characters, so it is not a text file")
    sample = text[:GUESSING_BYTES]
    controls = sum(1 for char in sample if char < " " and char not in "\n\r\t\f\v\x1b")
    if controls > MAX_CONTROL_SHARE * max(len(sample), 50):
        raise InputError("binary data, expected text")
    return text
