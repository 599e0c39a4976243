"""Who somebody is, where the article says so right beside the name."""

import re

from index.sentences import Span

ROLE = re.compile(
    r"\b(?:adviser|ambassador|analyst|archbishop|attorney|author|bishop|captain|chair|chairman|"
    r"chairwoman|chancellor|chef|chief|coach|commander|commissioner|coordinator|correspondent|"
    r"councillor|counsel|curator|dean|delegate|deputy|detective|diplomat|director|doctor|economist|"
    r"editor|engineer|envoy|executive|expert|farmer|fellow|founder|general|governor|head|historian|"
    r"inspector|judge|justice|keeper|king|lawmaker|lawyer|leader|lecturer|lieutenant|manager|mayor|"
    r"member|minister|monarch|mp|negotiator|officer|official|organiser|owner|partner|photographer|"
    r"physician|pilot|pope|premier|president|prince|princess|principal|professor|prosecutor|queen|"
    r"reporter|representative|researcher|scientist|secretary|senator|sergeant|sheriff|singer|"
    r"speaker|spokesman|spokesperson|spokeswoman|student|superintendent|surgeon|teacher|treasurer|"
    r"trustee|vet|veteran|warden|widow|wife|husband|brother|sister|son|daughter|father|mother|"
    r"winner|writer)s?\b",
    re.I,
)
VERB = re.compile(
    r"\b(?:am|is|are|was|were|be|been|has|have|had|do|does|did|will|would|can|could|may|might|"
    r"shall|should|must|says?|said|told|tells|added|wrote|writes|announced|who|which|that|when|"
    r"where|while|after|before|because)\b",
    re.I,
)
ANOTHER = re.compile(rf"(?i:{ROLE.pattern}) [A-ZÀ-ÖØ-Þ]|[—–]")
BEGINS = re.compile(
    r"(?:[Tt]he|[Aa]n?|[Hh]is|[Hh]er|[Ii]ts|[Tt]heir|[Oo]ur)\b|"
    r"(?:[A-Z][\w-]* ){0,3}[A-Z]\w*[’'](?:s\b|(?= ))"
)
"""Of what stands before a name: "its president", "South Korea's vice minister"."""
WORDS = r"[^,.;:!?“”\"()\[\]\n]{3,80}"
AFTER = re.compile(rf", ({WORDS})(?=[,.;])")
BEFORE = re.compile(rf"(?:^|, |“)({WORDS}), $")


def described(text: str, span: Span, sentence: Span) -> Span:
    """Return a person's name with the words beside it that say who that is; else the name.

    "Kim Hong-kyun, South Korea's vice foreign minister", or the other way round; one slice of the
    text, within the sentence.
    """
    start, end = span
    after = AFTER.match(text, end, sentence[1])
    if after and _says_who(after[1]):
        return start, after.end()
    before = BEFORE.search(text[sentence[0] : start])
    if (
        before
        and BEGINS.match(before[1])
        and _says_who(before[1])
        and text[end : end + 1] in {",", ".", ""}
    ):
        return sentence[0] + before.start(1), end
    return span


def _says_who(words: str) -> bool:
    return bool(ROLE.search(words)) and not (VERB.search(words) or ANOTHER.search(words))
