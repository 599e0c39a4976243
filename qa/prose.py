"""Cuts a reply into sentences while it is being written, and takes its markers out of them."""

import re
from dataclasses import dataclass

from index.sentences import sentence_spans
from qa.prompting import visible

MARKER = re.compile(r"\s*[\[【]\s*(?:passages?\s+)?((?:\d{1,4}(?:†[^\]】]*)?[\s,;]*)+)[\]】]", re.I)
UNFINISHED_MARKER = re.compile(r"[\[【][^\]】\n]{0,40}$")
END = re.compile(r"[.!?…][\"'”’)]*\s*$")
THOUGHTS = re.compile(r"<think>.*?(?:</think>|\Z)", re.S)
UNFINISHED_THOUGHTS = re.compile(r"<(?:t(?:h(?:i(?:nk?)?)?)?)?$|<think>(?!.*</think>)", re.S)
DECORATION = re.compile(r"\*\*|__|(?<!\w)[*_](?=\w)|(?<=[\w.,!?”\"])[*_](?!\w)")
BULLET = re.compile(r"^\s*(?:[-*•>]+|#{1,6}|\d{1,2}[.)])\s+")
NUMBER = re.compile(r"(?<![\w†])\d{1,4}")
SPACE_BEFORE = re.compile(r"\s+(?=[.,;:!?])")
BEGUN_CHARS = 12
"""So much of the next sentence shows that one is over, and not at an abbreviation."""


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of the reply without its markers; `cited` are their numbers, each once."""

    text: str
    cited: tuple[int, ...]


@dataclass(slots=True)
class Prose:
    """A reply as far as it has come."""

    length: int = 0
    """Characters that came, those of thoughts and markers too."""
    _rest: str = ""

    def feed(self, part: str) -> list[Said]:
        """Return the sentences that are over with this part."""
        self.length += len(part)
        self._rest += part
        if UNFINISHED_THOUGHTS.search(self._rest):
            return []
        if not re.search(r"[.!?…\]】\n]", self._rest):
            return []
        return self._cut(over=False)

    def finish(self, *, broken: bool) -> list[Said]:
        """Return what is left at the end; of a broken reply, only sentences that are complete."""
        self._rest = THOUGHTS.sub("", self._rest)
        left = self._cut(over=True)
        if broken and left and not (END.search(left[-1].text) and left[-1].cited):
            left.pop()
        return left

    def _cut(self, *, over: bool) -> list[Said]:
        text = THOUGHTS.sub("", self._rest)
        found = None if over else UNFINISHED_MARKER.search(text)
        ready = text[: found.start()] if found else text
        blank = MARKER.sub(lambda one: " " * len(one[0]), ready)  # offsets stay
        spans = sentence_spans(blank)
        said: list[Said] = []
        used = 0
        ends = [*(start for start, _ in spans), len(ready)][1:]
        for (start, end), later in zip(spans, ends, strict=bool(spans)):
            if not over and len(blank) - later < BEGUN_CHARS:
                break
            numbers = [int(n) for n in NUMBER.findall(" ".join(MARKER.findall(ready[start:later])))]
            said.append(Said(tidy(blank[start:end]), tuple(dict.fromkeys(numbers))))
            used = later
        self._rest = text[used:]
        return [one for one in said if one.text]


def tidy(text: str) -> str:
    """Return a sentence without bullets, emphasis and invisible characters."""
    return SPACE_BEFORE.sub("", DECORATION.sub("", BULLET.sub("", visible(text)))).strip()
