"""Contents of article files that are made to break a loader, by kind."""

import codecs
import gzip
import random
from collections.abc import Callable, Iterator

from evals import hostile_seeds as sound
from evals.hostile_documents import odd_email, odd_html, odd_pdf
from evals.hostile_seeds import Content

LAUGHS = "\n".join(
    ["a0: &a0 [ha, ha]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12))]
)
MERGES = "\n".join(
    [
        "m0: &m0 {x: 1}",
        *(f"m{n}: &m{n} {{<<: [{', '.join([f'*m{n - 1}'] * 9)}]}}" for n in range(1, 12)),
    ]
)
FRONT_MATTERS = (
    f"{LAUGHS}\ntitle: *a11",
    f"{LAUGHS}\ndate: *a11",
    f"{MERGES}\ntitle: Talks",
    "title: &t [*t]",
    "title: !!python/object/apply:os.system ['touch was-here']",
    "title: !!python/object:builtins.object {}",
    "title: " + "[" * 15_000,
    "title: " + "[" * 500 + "]" * 500,
    "title: 0x" + "f" * 6000,
    "date: 2024-06-14T10:00:00+99:00",
    "date: 2024-99-99",
    "? [a, b]\n: c",
    "title: !!binary AAAA\ndate: !!set {a, b}",
    "- a\n- b",
    "title: " + "x" * 100_000,
)
DATES = ("2024-06-14T10:00:00+99:00", "9" * 14, "1e400", "0000-00-00", "12h06" + "9" * 40)


def mutated(rng: random.Random) -> Content:
    """Flip bits of a sound file, or cut it short, or repeat or drop a part of it."""
    suffix, make = rng.choice(list(sound.SOUND.items()))
    data = bytearray(make(rng))
    for _ in range(rng.choice((1, 3, 30, len(data) // 20))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    start, end = sorted(rng.randrange(len(data)) for _ in range(2))
    forms = (bytes(data), bytes(data[:end]), bytes(data[:start] + data[end:]), bytes(data * 2))
    return suffix, rng.choice(forms)


def wrong_suffix(rng: random.Random) -> Content:
    data = rng.choice(list(sound.SOUND.values()))(rng)
    return rng.choice((*sound.SOUND, ".xhtml", ".tsv", ".ndjson")), data


def binary(rng: random.Random) -> Content:
    data = rng.choice(
        (
            b"\x89PNG\r\n\x1a\n" + rng.randbytes(5000),
            gzip.compress(sound.text(rng)),
            b"PK\x03\x04" + rng.randbytes(5000),
            b"\x7fELF" + bytes(5000),
            rng.randbytes(20_000),
            bytes(3000),
            bytes(range(1, 32)) * 100,
        )
    )
    return rng.choice(list(sound.SOUND)), data


def encodings(rng: random.Random) -> Content:
    plain = sound.text(rng).decode()
    data = rng.choice(
        (
            plain.encode("utf-16"),
            plain.encode("utf-32"),
            plain.encode("utf-16")[:-1],
            codecs.BOM_UTF8 * 3 + plain.encode(),
            codecs.BOM_UTF16_LE + plain.encode(),
            codecs.BOM_UTF16_LE + b"\x00\xd8" * 500,
            plain.encode() + b"\xff\xfe\x80" * 50,
            plain.encode() + b"\xed\xa0\x80",
            plain.encode("cp037", "replace"),
            plain.encode().replace(b" ", b"\x00"),
            b'<html><meta charset="unicode_escape"><p>\\ud800 ' + plain.encode() * 3,
            b'<html><meta charset="idna"><p>\xe9' + plain.encode() * 3,
            b'<?xml version="1.0" encoding="utf-7"?><html><p>+2AA-\xe9' + plain.encode() * 3,
        )
    )
    return (".html" if b"<html" in data else rng.choice((".txt", ".md", ".csv", ".jsonl"))), data


def long_lines(rng: random.Random) -> Content:
    size = rng.choice((20_000, 1_500_000, 50_000_000))
    filler = rng.choice((b" ", b"x", b"a b ", b"#", b"\t ", b"A. ", b"(", b"\xcc\x81", b"1 ", b"-"))
    line = (filler * (size // len(filler)))[:size]
    forms = (
        (".txt", line + b"x"),
        (".txt", b"Title" + line + b"x\n\nText."),
        (".md", b"# T" + line + b"x\nText."),
        (".md", b"---" + line),
        (".jsonl", b'{"text": "' + line + b'"}\n{"text": "Short."}\n'),
        (".csv", b"title,text\na," + line + b"\nb,Short.\n"),
        (".html", b"<html><body><p>" + line + b"</p></body></html>"),
    )
    return rng.choice(forms)


def odd_json(rng: random.Random) -> Content:
    text = sound.sentences(rng, 3)
    deep = "[" * 900 + "]" * 900
    deeper = '{"name":' * 300 + '"x"' + "}" * 300
    bodies = (
        '{"text": "a \\ud800 b"}',
        '{"text": "a \\u0000 b TEXT"}',
        '{"title": "\\udfff", "text": "TEXT"}',
        '{"author": DEEP, "text": "TEXT"}',
        '{"author": OBJECTS, "text": "TEXT"}',
        '{"text": DEEP}',
        "[" * 200_000,
        '{"a":' * 200_000,
        '{"text": "TEXT", "date": ' + "9" * 6000 + "}",
        '{"text": "TEXT", "title": 1' + "0" * 400 + "}",
        '{"text": NaN, "title": Infinity}',
        '{"text": ["a", "b"]}',
        '{"text": "TEXT", "text": 7}',
        "[" + "1," * 20_000 + "1]",
        "true",
        "",
        '{"\\ud800": 1, "text": "TEXT"}',
        *('{"text": "TEXT", "date": "' + date + '"}' for date in DATES),
    )
    chosen = rng.choice(bodies).replace("TEXT", text).replace("DEEP", deep)
    return rng.choice((".json", ".jsonl")), chosen.replace("OBJECTS", deeper).encode()


def many_bad_records(rng: random.Random) -> Content:
    forms = ((".jsonl", b"x\n" * 300_000), (".csv", b"title,text\n" + b"a\n" * 300_000))
    return rng.choice((*forms, (".json", b"[" + b"1," * 300_000 + b"1]")))


def odd_csv(rng: random.Random) -> Content:
    good = sound.table(rng)
    bodies = (
        good.replace(b"June", b"Ju\x00ne"),
        good + b"x" * 150_000 + b",a\x00b\n",
        b'title,text\na,"never closed ' + good * 50,
        b"title,text\n" + b"a," * 50_000 + b"\n",
        b",".join(b"c%d" % n for n in range(20_000)) + b"\n" + b"1," * 20_000 + b"\n",
        b"title,text\r" + good.replace(b"\n", b"\r"),
        b"text\n" + b'"' * 5001 + b"\n" + good,
        good.replace(b",", b"\xa6"),
        b"\xff\xfe" + good.decode().encode("utf-16-le"),
        b"\xff\xfe" + good,
        b"\n\n\n",
        b"text,text,text\na,b,c\n",
    )
    return rng.choice((".csv", ".tsv")), rng.choice(bodies)


def front_matter(rng: random.Random) -> Content:
    return ".md", sound.markdown(rng, rng.choice(FRONT_MATTERS))


def empty(rng: random.Random) -> Content:
    return rng.choice(list(sound.SOUND)), rng.choice((b"", b"\n", b" " * 3000, b"\xef\xbb\xbf"))


KINDS: dict[str, tuple[Callable[[random.Random], Content], int]] = {
    "mutated": (mutated, 80),
    "wrong suffix": (wrong_suffix, 15),
    "binary": (binary, 15),
    "encodings": (encodings, 25),
    "long lines": (long_lines, 25),
    "JSON": (odd_json, 30),
    "many bad records": (many_bad_records, 3),
    "CSV": (odd_csv, 15),
    "front matter": (front_matter, 20),
    "HTML": (odd_html, 25),
    "PDF": (odd_pdf, 20),
    "e-mail": (odd_email, 15),
    "empty": (empty, 7),
}
"""Kind to its maker and how many of 300 files are of that kind."""


def contents(count: int, *, seed: int) -> Iterator[tuple[str, str, bytes]]:
    """Yield (kind, suffix, bytes) for some `count` files, all kinds among them."""
    rng = random.Random(seed)
    whole = sum(share for _, share in KINDS.values())
    for kind, (make, share) in KINDS.items():
        for _ in range(max(1, round(share * count / whole))):
            suffix, data = make(rng)
            yield kind, suffix, data
