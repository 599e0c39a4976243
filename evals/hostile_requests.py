"""Requests that no honest client sends, by kind: broken bodies, broken HTTP, and slow senders."""

import gzip
import json
import random
from collections.abc import Callable, Iterator

from evals.http_exchange import Attack

QUESTION = {"question": "How much will the new lock gate cost?"}
METHODS = ("GET", "POST", "DELETE", "PUT", "PATCH", "HEAD", "OPTIONS")
ODD_METHODS = ("TRACE", "CONNECT", "BREW", "get", "G\x00T", "PROPFIND", "A" * 5000, "", "GET GET")
PATHS = (
    "/chat",
    "/search?q=lock",
    "/articles",
    "/articles/0123456789abcdef01234567",
    "/health",
    "/docs",
    "/docs-files/swagger-ui.css",
    "/openapi.json",
    "/",
)
POSTED = ("/chat", "/articles")
BodyMaker = Callable[[random.Random], bytes]
Maker = Callable[[random.Random], Attack]


def request(
    method: str, path: str, body: bytes = b"", *headers: bytes, length: int | None = None
) -> bytes:
    """Return a request in bytes; `length` is declared in place of the body's own."""
    lines = [f"{method} {path} HTTP/1.1".encode("utf-8", "surrogatepass"), b"Host: localhost"]
    if body or length is not None:
        lines.append(b"Content-Type: application/json")
        lines.append(b"Content-Length: %d" % (len(body) if length is None else length))
    return b"\r\n".join([*lines, *headers, b"", body])


def good_request(rng: random.Random) -> bytes:
    """Return a request that an honest client could send."""
    article = {"articles": [{"title": "Gate", "text": f"The gate opened {rng.random()} times."}]}
    days = {"published_after": "2024-01-01", "source": "Courier"}
    return rng.choice(
        [
            request("POST", "/chat", _json(QUESTION)),
            request("POST", "/chat", _json({**QUESTION, "filters": days, "session_id": "a"})),
            request("POST", "/articles", _json(article)),
            request("GET", "/search?q=lock+gate&limit=3&published_after=2024-01-01"),
            request("GET", "/articles?limit=5&offset=1&source=Courier"),
            request("GET", "/health"),
        ]
    )


def _json(value: object) -> bytes:
    return json.dumps(value).encode()


def _inside(rng: random.Random, value: bytes) -> bytes:
    """Put a JSON value where a field is expected, or where none is."""
    places = (b'{"question": %s}', b'{"articles": [{"text": "A.", "date": %s}]}', b"%s")
    deeper = (b'{"question": "a", "filters": {"source": %s}}', b'{"articles": [{"text": %s}]}')
    return rng.choice((*places, *deeper)).replace(b"%s", value)


def _not_utf8(rng: random.Random) -> bytes:
    junk = bytes(rng.choice((0x80, 0xC0, 0xE9, 0xED, 0xF5, 0xFF)) for _ in range(rng.randint(1, 9)))
    return _inside(rng, b'"gate ' + junk + b'"')


def _surrogates(rng: random.Random) -> bytes:
    half = b"\\u%04x" % rng.randrange(0xD800, 0xE000)
    return rng.choice((_inside(rng, b'"%s"' % half), b'{"%s": 1}' % half, b'["\xed\xa0\x80"]'))


def _huge_number(rng: random.Random) -> bytes:
    digits = b"9" * rng.choice((20, 39, 400, 5000, 100_000))
    return _inside(rng, rng.choice((digits, b"-" + digits, b"1e" + digits[:9], b"0." + digits)))


def _deep(rng: random.Random) -> bytes:
    depth = rng.choice((49, 51, 1000, 50_000))
    start, end = rng.choice(((b"[", b"]"), (b'{"a":', b"}")))
    return _inside(rng, start * depth + b"1" * (start != b"[") + end * rng.choice((depth, 0)))


def _odd_constant(rng: random.Random) -> bytes:
    names = (b"NaN", b"-Infinity", b"undefined", b"nul", b"True", b"0x1F", b"'a'", b"1_0", b"")
    return _inside(rng, rng.choice(names))


def _odd_value(rng: random.Random) -> bytes:
    values = ("\x00", "a\x00b", "", " ", "\u202e\ufeff", "x" * 10_001, "' OR 1=1 --", '"NEAR(', "*")
    dates = ("2024-06-14T10:00:00+99:00", "-1", "9" * 14, "0000-00-00", "31 June", "1e9999")
    return _inside(rng, _json(rng.choice((*values, *dates, [], {}, None, True, -1, 1e308))))


def _cut_short(rng: random.Random) -> bytes:
    whole = rng.choice((_json({**QUESTION, "filters": {"source": "a"}}), b'{"articles": [{"a": 1}'))
    return whole[: rng.randrange(1, len(whole))]


def _many_keys(rng: random.Random) -> bytes:
    return _json({f"{rng.random()}": n for n in range(rng.choice((100, 20_000)))})


BODIES: dict[str, BodyMaker] = {
    "body not UTF-8": _not_utf8,
    "lone surrogates": _surrogates,
    "huge numbers": _huge_number,
    "deep nesting": _deep,
    "NaN and other words": _odd_constant,
    "odd values": _odd_value,
    "JSON cut short": _cut_short,
    "very many keys": _many_keys,
}


def _posted(kind: str, make: BodyMaker) -> Maker:
    def attack(rng: random.Random) -> Attack:
        method = "POST" if rng.random() < 0.9 else rng.choice(METHODS)
        return Attack(kind, (request(method, rng.choice(POSTED), make(rng)),))

    return attack


def _encoded_body(rng: random.Random) -> Attack:
    encoding = rng.choice((b"gzip", b"gzip, gzip", b"br", b"deflate", b"nonsense"))
    body = gzip.compress(b" " * rng.choice((100, 10_000_000)))
    header = b"Content-Encoding: " + encoding
    return Attack("content-encoding", (request("POST", rng.choice(POSTED), body, header),))


def _content_type(rng: random.Random) -> Attack:
    kind = rng.choice(
        (b"text/plain", b"multipart/form-data", b"application/xml", b"\xff/\xff", b";")
    )
    body = rng.choice((_json(QUESTION), b"a=1&b=2", b"--x\r\n"))
    head = b"POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n"
    path = rng.choice(POSTED).encode()
    return Attack("content-type", (head % (path, kind, len(body)) + body,))


def _length(rng: random.Random) -> Attack:
    body = _json(QUESTION)
    wrong = rng.choice(
        (b"-1", b"abc", b"9" * 30, b"1e3", b"+5", b"0x10", b"5, 6", b"%d" % (1 << 40))
    )
    if rng.random() < 0.3:
        wrong = b"%d" % rng.choice((0, len(body) // 2, len(body) + 5))
    data = b"POST /chat HTTP/1.1\r\nHost: a\r\nContent-Length: %s\r\n\r\n%s" % (wrong, body)
    return Attack("wrong content-length", (data,), may_be_incomplete=True)


def _chunks(rng: random.Random) -> Attack:
    chunk = rng.choice((b"zz\r\n{}\r\n", b"-1\r\n", b"f" * 20 + b"\r\n", b"5\r\nab", b"2\r\n{}XX"))
    end = rng.choice((b"0\r\n\r\n", b"", b"0\r\nX: " + b"a" * 70_000 + b"\r\n\r\n"))
    coding = rng.choice((b"chunked", b"chunked, chunked", b"gzip", b"gzip, chunked", b"xchunked"))
    data = b"POST /chat HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: %s\r\n\r\n" % coding
    return Attack("bad chunks", (data + chunk + end,), may_be_incomplete=True)


def _header_bomb(rng: random.Random) -> Attack:
    many = b"".join(b"X-%d: a\r\n" % n for n in range(rng.choice((100, 5000, 50_000))))
    long = b"X: " + b"a" * rng.choice((60_000, 200_000, 2_000_000)) + b"\r\n"
    folded = b"X: a\r\n" + b" b\r\n" * 3000
    data = b"GET %s HTTP/1.1\r\nHost: a\r\n" % rng.choice(PATHS).encode()
    return Attack("header bomb", (data + rng.choice((many, long, folded)) + b"\r\n",))


def _odd_headers(rng: random.Random) -> Attack:
    odd = (
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Host: b",
        b"Content-Length: 3\r\nTransfer-Encoding: chunked",
        b"X\x00: a",
        b"X: \x00\x01",
        b": a",
        b"X a",
        b"X : a",
        b"Upgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13",
        b"Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAA",
        b"Range: bytes=0-,-1,5-2" + b",0-" * 2000,
        b"If-None-Match: \xff\r\nIf-Modified-Since: never",
        b"Accept: " + b"a/b;q=0.1," * 4000,
        b"Cookie: " + b"a=b; " * 8000,
        b"Connection: close, keep-alive, " + b"x" * 1000,
    )
    data = request(rng.choice(METHODS), rng.choice(PATHS), b"", rng.choice(odd))
    return Attack("odd headers", (data,), may_be_incomplete=True)


def _path(rng: random.Random) -> Attack:
    base = rng.choice(PATHS).split("?", maxsplit=1)[0].rstrip("/")
    tails = (
        "/%",
        "/%zz",
        "/%00",
        "/%ff%fe",
        "/%ed%a0%80",
        "?q=%00",
        "?q=%ff",
        "?q=" + "a" * 30_000,
    )
    others = ("/../../etc/passwd", "/..%2f..%2fetc%2fpasswd", "//", "/" + "a" * 60_000, "/\udc80")
    more = ("?limit=" + "9" * 5000, "?limit=1&limit=x", "?" + "a=1&" * 9000, "?offset=-1", "?q[]=1")
    path = base + rng.choice((*tails, *others, *more))
    return Attack("paths and escapes", (request(rng.choice(METHODS[:3]), path),))


def _method(rng: random.Random) -> Attack:
    odd = rng.choice((*ODD_METHODS, *METHODS[3:]))
    return Attack("methods", (request(odd, rng.choice(PATHS)),), may_be_incomplete=True)


def _other_protocol(rng: random.Random) -> Attack:
    data = rng.choice(
        (
            b"GET /\r\n",
            b"GET / HTTP/0.9\r\n\r\n",
            b"GET / HTTP/9.9\r\n\r\n",
            b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x00\x04\x00\x00\x00\x00\x00",
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + rng.randbytes(300),
            b"SSH-2.0-OpenSSH_9.6\r\n",
            b"EHLO localhost\r\n\r\n",
            b"\r\n" * 3000,
            b"\x00" * 3000,
            rng.randbytes(3000),
            b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
            b"CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n",
        )
    )
    return Attack("other protocols", (data,), may_be_incomplete=True)


def _pipelined(rng: random.Random) -> Attack:
    tail = rng.choice((rng.randbytes(500), b"GET /health HTTP/1.1\r\n", good_request(rng) * 3))
    return Attack("pipelined", (good_request(rng) + tail,), may_be_incomplete=True, pipelined=True)


def _expect(rng: random.Random) -> Attack:
    header = b"Expect: " + rng.choice((b"100-continue", b"200-ok", b"100-continue, x", b""))
    whole = request("POST", "/chat", _json(QUESTION), header)
    head, body = whole.split(b"\r\n\r\n", maxsplit=1)
    return Attack("expect", (head + b"\r\n\r\n", body), pause_seconds=0.05, may_be_incomplete=True)


def _dropped(rng: random.Random) -> Attack:
    whole = good_request(rng)
    return Attack("dropped connection", (whole[: rng.randrange(1, len(whole) + 1)],), drops=True)


def _flipped(rng: random.Random) -> Attack:
    data = bytearray(good_request(rng))
    for _ in range(rng.choice((1, 1, 2, 8))):
        data[rng.randrange(len(data))] ^= 1 << rng.randrange(8)
    return Attack("bit flips", (bytes(data),), may_be_incomplete=True, pipelined=True)


RAW: dict[str, Maker] = {
    **{kind: _posted(kind, make) for kind, make in BODIES.items()},
    "content-encoding": _encoded_body,
    "content-type": _content_type,
    "wrong content-length": _length,
    "bad chunks": _chunks,
    "header bomb": _header_bomb,
    "odd headers": _odd_headers,
    "paths and escapes": _path,
    "methods": _method,
    "other protocols": _other_protocol,
    "pipelined": _pipelined,
    "expect": _expect,
    "dropped connection": _dropped,
    "bit flips": _flipped,
}
"""Kind to the maker of one such attack; bit flips and broken bodies come in endless variety."""


def raw_attacks(count: int, *, seed: int) -> Iterator[Attack]:
    """Yield `count` attacks, all kinds in turn."""
    rng = random.Random(seed)
    makers = list(RAW.values())
    for number in range(count):
        yield makers[number % len(makers)](rng)


def slow_attacks(count: int) -> list[Attack]:
    """Return attacks that keep a connection and give little: silence, slow heads, slow bodies."""
    slow_body = request("POST", "/chat", b'{"question":', length=60)
    makers = (
        Attack("slow: silence", (b"",)),
        Attack("slow: half a head", (b"GET /health HTTP/1.1\r\nHost: a\r\n",)),
        Attack("slow: head by drops", (b"GET /health HTTP/1.1\r\n", *[b"X: a\r\n"] * 30), 1.0),
        Attack("slow: half a body", (slow_body,)),
        Attack("slow: body by drops", (slow_body, *[b" "] * 30), 1.0),
        Attack("slow: body in time", (slow_body, *[b" "] * 5, b'"Who?"}' + b" " * 36), 0.5),
    )
    return [makers[number % len(makers)] for number in range(count)]
