"""Requests that schemathesis makes up from a server's OpenAPI schema, right and wrong."""

import itertools
import json
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import hypothesis
import requests
import schemathesis
from hypothesis.errors import Unsatisfiable

from evals.http_exchange import Attack

MODES = (schemathesis.GenerationMode.NEGATIVE, schemathesis.GenerationMode.POSITIVE)
BATCH = 100
"""Cases asked of one operation at a time, so that a small number still meets all of them."""
ROUNDS = 40


def schema_attacks(address: str, count: int, *, seed: int) -> list[Attack]:
    """Return up to `count` attacks over all operations that the server at `address` describes."""
    with urllib.request.urlopen(f"{address}/openapi.json") as reply:
        schema = schemathesis.openapi.from_dict(json.load(reply))
    operations = [found.ok() for found in schema.get_all_operations()]
    batch = min(BATCH, -(-count // (len(operations) * len(MODES))))
    sources = [
        _endless(operation, mode, address, batch=batch, seed=seed)
        for operation in operations
        for mode in MODES
    ]
    rounds = itertools.chain.from_iterable(itertools.zip_longest(*sources))
    return list(itertools.islice((attack for attack in rounds if attack), count))


def _endless(operation: Any, mode: Any, address: str, *, batch: int, seed: int) -> Iterator[Attack]:
    """Yield attacks on one operation until it has no new ones."""
    sent: set[bytes] = set()
    for number in range(ROUNDS):
        before = len(sent)
        for case in _cases(operation, mode, batch, seed=seed + number):
            data = _bytes_of(case, address)
            if data and data not in sent:
                sent.add(data)
                yield Attack(f"schema, {mode.value}", (data,))
        if len(sent) == before:
            return


def _cases(operation: Any, mode: Any, count: int, *, seed: int) -> list[Any]:
    """Return cases of an operation; none where it takes nothing that could be made wrong."""
    found: list[Any] = []

    @hypothesis.seed(seed)
    @hypothesis.settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[hypothesis.Phase.generate],
        suppress_health_check=list(hypothesis.HealthCheck),
    )
    @hypothesis.given(case=operation.as_strategy(generation_mode=mode))
    def keep(case: Any) -> None:
        found.append(case)

    with suppress(Unsatisfiable):
        keep()
    return found


def _bytes_of(case: Any, address: str) -> bytes | None:
    """Return the request as it would be sent; None where it cannot be put into HTTP at all."""
    try:
        options = case.as_transport_kwargs(base_url=address)
        names = ("method", "url", "params", "headers", "data", "json", "cookies", "files")
        prepared = requests.Request(
            **{name: options[name] for name in names if name in options}
        ).prepare()
    except (requests.RequestException, ValueError):
        return None
    lines = [f"{prepared.method} {prepared.path_url} HTTP/1.1", "Host: localhost"]
    lines += [
        f"{_text(name)}: {_text(value)}"
        for name, value in prepared.headers.items()
        if name != "X-Schemathesis-TestCaseId"  # random, not from the seed
    ]
    body = prepared.body or b""
    if isinstance(body, str):
        body = body.encode("utf-8", "surrogatepass")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogatepass") + bytes(body)


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
