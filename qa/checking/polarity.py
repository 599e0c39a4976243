"""Whether a text denies what another says, or says the opposite."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from index.search_text import normalised
from qa.checking.roots import FUNCTION_WORDS, root_of

NEGATION = re.compile(
    r"\b(?:not|never|no|none|nobody|nothing|neither|nor|without|cannot|no longer)\b|n't\b", re.I
)
NO_NEGATION = re.compile(r"\bnot only\b|\bno doubt\b|\bno one less\b|\bNo\.\s?(?=\w)", re.I)
WORD = re.compile(r"[a-z]+(?:'[a-z]+)?", re.I)
IMPLIED = re.compile(
    r"\b(?:against|refus\w+|reject\w*|den(?:y|ies|ied)|fail\w*|clos(?:ed?|ing)|shut|impossible|"
    r"prevent\w*|stop(?:s|ped)?|lack\w*|hardly|barely|too|rul(?:e|ed|es|ing) out|declin\w+|unable|"
    r"instead|avoid\w*|stay\w*|remain\w*|ban(?:s|ned)?|block\w*|oppos\w+|only|just|alone|except|"
    r"un(?!der|til|ion|ique|iver|it|less)\w{3,}|miss(?:ed|ing)?|free of|g[ai]ve up|end(?:s|ed)?)\b",
    re.I,
)
"""Words that deny without a "not"."""
CLAUSE_END = re.compile(r"[,.;:!?\"]")
REACH = 3
"""Words behind a negation that it may deny, function words not counted."""
PAIRS = """
    rise/fall/drop/decline/decrease increase/decrease/decline/fall/drop grow/shrink/decline
    more/less/fewer higher/lower most/least/fewest before/after win/lose victory/defeat
    support/oppose approve/reject accept/reject/refuse allow/ban/forbid/prohibit
    open/close start/end/stop begin/end/finish first/last arrive/leave/depart enter/leave
    buy/sell hire/fire gain/lose success/failure succeed/fail confirm/deny admit/deny
    agree/disagree/refuse guilty/innocent/acquitted alive/dead kill/save arrest/release
    up/down above/below over/under north/south east/west northern/southern eastern/western
    old/new/young older/newer/younger oldest/youngest largest/smallest biggest/smallest
    best/worst better/worse
    early/late earlier/later strong/weak stronger/weaker legal/illegal public/private
    include/exclude add/remove major/minor man/woman male/female husband/wife son/daughter
    father/mother brother/sister boy/girl men/women increase/cut raise/cut/lower
    praise/criticize/criticise attack/defend love/hate remember/forget
    join/leave/quit appoint/dismiss/sack build/demolish/destroy fast/slow faster/slower
    long/short rich/poor safe/dangerous possible/impossible likely/unlikely
    able/unable known/unknown true/false lead/trail upheld/overturned uphold/overturn
    ahead/behind borrow/lend import/export employer/employee minority/majority
    maximum/minimum expand/shrink encourage/discourage
"""


def _opposites() -> dict[str, frozenset[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for group in PAIRS.split():
        first, *others = (root_of(word) for word in group.split("/"))
        found[first].update(others)
        for other in others:
            found[other].add(first)
    return {word: frozenset(others) for word, others in found.items()}


OPPOSITES = _opposites()


def all_roots(text: str) -> list[str]:
    """Return the roots of all words, function words too, in order."""
    return [root_of(one[0].lower()) for one in WORD.finditer(normalised(text))]


def denied(text: str) -> set[str]:
    """Return the roots that a text denies: the next words of meaning behind each negation."""
    text = NO_NEGATION.sub(" ", normalised(text))
    found = set()
    for negation in NEGATION.finditer(text):
        behind = WORD.findall(CLAUSE_END.split(text[negation.end() :], maxsplit=1)[0])
        meant = [one.lower() for one in behind if one.lower() not in FUNCTION_WORDS]
        found |= {root_of(word) for word in meant[:REACH]}
    return found


def negations(text: str) -> int:
    """Return how often a text negates."""
    return len(NEGATION.findall(NO_NEGATION.sub(" ", normalised(text))))


def denials_differ(said: str, evidence: Sequence[str]) -> int:
    """Return how many words one denies and the other says without denying.

    `evidence` are sentences. Of words that deny without "not", such as "unread", it is only known
    that they may stand for one.
    """
    here, denied_here = set(all_roots(said)), denied(said)
    told = [(set(all_roots(one)), denied(one)) for one in evidence]
    everywhere = set().union(*(roots for roots, _ in told))
    denied_there = set().union(*(no for _, no in told))
    only_here = {root for root in _first_denied(said) if root in everywhere} - denied_there
    only_there = {
        root
        for root in here - denied_here
        if any(root in roots for roots, _ in told)
        and all(root in no for roots, no in told if root in roots)
    }
    implied_here = negations(said) + len(IMPLIED.findall(said))
    implied_there = sum(negations(one) + len(IMPLIED.findall(one)) for one in evidence)
    unheard = int(negations(said) > 0 and not implied_there)
    unsaid = len(only_there) if not implied_here else int(bool(only_there & _first(evidence)))
    return len(only_here) + unsaid + unheard


def _first(evidence: Sequence[str]) -> set[str]:
    return set().union(*(_first_denied(one) for one in evidence))


def _first_denied(text: str) -> set[str]:
    """Return the next word of meaning behind each negation."""
    text = NO_NEGATION.sub(" ", normalised(text))
    found = set()
    for negation in NEGATION.finditer(text):
        for word in WORD.findall(CLAUSE_END.split(text[negation.end() :], maxsplit=1)[0]):
            if word.lower() not in FUNCTION_WORDS:
                found.add(root_of(word.lower()))
                break
    return found


def opposites_said(said: str, evidence: str) -> int:
    """Return how many words of `said` stand in the evidence only as their opposite."""
    here, there = Counter(all_roots(said)), Counter(all_roots(evidence))
    return sum(
        here[root] > there[root] and any(there[other] > here[other] for other in OPPOSITES[root])
        for root in here.keys() & OPPOSITES.keys()
    )
