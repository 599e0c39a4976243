"""Collections: .jsonl and .csv streamed record by record, .json read whole."""

import codecs
import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import orjson

from index.domain import Loaded, Skipped
from index.errors import InputError
from index.loading.decoding import GUESSING_BYTES, decode
from index.loading.fields import SetByHand, article_from
from index.settings import LoadingSettings

LIST_FIELDS = ("articles", "items", "data", "results", "entries", "docs", "documents", "records")


@dataclass(frozen=True, slots=True)
class RecordFile:
    """One collection on disk, with what decides how its records become articles."""

    path: Path
    settings: LoadingSettings
    by_hand: SetByHand

    def read(self) -> Iterator[Loaded | Skipped]:
        """Yield an article or a reason for each record; raises InputError for the whole file."""
        kind = self.path.suffix.lower()
        if kind in {".jsonl", ".ndjson"}:
            records = self._json_lines()
        elif kind in {".csv", ".tsv"}:
            records = self._csv_rows()
        else:
            records = self._json_whole()
        seen: set[str] = set()
        number = 0
        for number, record in records:
            yield self._article(number, record, seen)
        if not number:
            raise InputError("no records in it")

    def _article(self, number: int, record: Any, seen: set[str]) -> Loaded | Skipped:
        """Name the place by the record's address or title where it is its own, else by number.

        They stay the same when records are inserted above; a number does not.
        """
        place = f"{self.path}#{number}"
        if isinstance(record, InputError):
            return Skipped(place, str(record))
        if not isinstance(record, dict):
            return Skipped(place, f"a {type(record).__name__}, expected an object with fields")
        try:
            article = article_from(record, self.by_hand)
        except InputError as error:
            return Skipped(place, str(error))
        name = article.url or article.title
        if name and name not in seen:
            seen.add(name)
            place = f"{self.path}#{name}"
        return Loaded(place, article)

    def _json_lines(self) -> Iterator[tuple[int, Any]]:
        for number, line in enumerate(self._lines(), 1):
            if isinstance(line, InputError):
                yield number, line
            elif line.strip():
                yield number, _parsed(line)

    def _lines(self) -> Iterator[bytes | InputError]:
        limit = self.settings.max_file_bytes
        with self.path.open("rb") as file:
            if file.peek(2)[:2] in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
                text = io.TextIOWrapper(file, encoding="utf-16", errors="replace")
                yield from (line.encode("utf-8", "replace") for line in text)
                return
            if file.peek(3).startswith(codecs.BOM_UTF8):
                file.read(3)
            while line := file.readline(limit):
                if len(line) < limit or line.endswith(b"\n"):
                    yield line
                    continue
                while line and not line.endswith(b"\n"):
                    line = file.readline(limit)
                yield InputError(f"a line longer than {limit:,} bytes")

    def _csv_rows(self) -> Iterator[tuple[int, Any]]:
        with self.path.open("rb") as sample_file:
            sample = sample_file.read(GUESSING_BYTES)
        if not sample.strip():
            raise InputError("empty")
        encoding = _encoding_of(sample)
        csv.field_size_limit(self.settings.max_file_bytes)
        with self.path.open(encoding=encoding, errors="replace", newline="") as file:
            rows = csv.DictReader(file, dialect=_dialect(sample.decode(encoding, "replace")))
            for number in range(1, 1 << 62):
                try:
                    row = next(rows, None)
                except csv.Error as error:
                    yield number, InputError(f"malformed CSV ({error})")
                    continue
                if row is None:
                    return
                yield number, {key: value for key, value in row.items() if key}

    def _json_whole(self) -> Iterator[tuple[int, Any]]:
        size, limit = self.path.stat().st_size, self.settings.max_collection_bytes
        if size > limit:
            raise InputError(f"{size:,} bytes, at most {limit:,}; write it as .jsonl")
        data = decode(self.path.read_bytes()).encode("utf-8", "replace")
        if not data.strip():
            raise InputError("empty")
        parsed = _parsed(data)
        if isinstance(parsed, InputError):
            first_line = data.lstrip().split(b"\n", maxsplit=1)[0]
            if first_line.strip() == data.strip() or isinstance(_parsed(first_line), InputError):
                raise parsed
            yield from self._json_lines()
            return
        yield from enumerate(_records_in(parsed), 1)


def _parsed(data: bytes) -> Any:
    """Return the JSON value, or the InputError that says why there is none."""
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError as error:
        reason = str(error)
    try:  # what orjson is strict about: other encodings, NaN
        return json.loads(decode(data), parse_constant=lambda _: None)
    except (ValueError, RecursionError, InputError):
        return InputError(f"malformed JSON ({reason})")


def _records_in(parsed: Any) -> list[Any]:
    if isinstance(parsed, list):
        return parsed
    if isinstance(parsed, dict):
        lists = (parsed.get(name) for name in LIST_FIELDS)
        return next((one for one in lists if isinstance(one, list)), [parsed])
    raise InputError(f"JSON that holds a {type(parsed).__name__}, expected articles")


def _encoding_of(sample: bytes) -> str:
    if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        decoder.decode(sample, final=False)
    except UnicodeDecodeError:
        decode(sample)
        return "cp1252"
    if b"\x00" in sample:
        raise InputError("binary data, expected CSV")
    return "utf-8-sig"


def _dialect(sample: str) -> type[csv.Dialect]:
    """Return the dialect by its header's delimiter; quoting in news text misleads csv.Sniffer."""
    header = next(chain(filter(str.strip, sample.splitlines()), [""]))
    found = max(",;\t|", key=header.count)

    class Found(csv.excel):
        delimiter = found

    return Found
