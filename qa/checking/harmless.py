"""What no answer may hold, and which sentences of an article speak to the model instead of telling.

Links, markup and code never pass, not even word for word from an article. A passage that gives a
model orders is no evidence for anything, and neither is a sentence that begs or commands.
"""

import re

from index.search_text import normalised
from qa.checking.speakers import SPEECH
from qa.prompting import visible

LONGEST_WORD = 40
LINK = re.compile(
    r"\b[a-z][a-z0-9+.-]{1,12}://|\bwww\.|\b(?:data|javascript|vbscript|mailto|file|blob|tel):\s*\S|"
    r"\b[\w-]+(?:\.[\w-]+)*\.[a-z]{2,10}(?:/|\?|:\d)|[\w.+-]+@[\w-]+\.\w|(?<!\w)//\w|"
    r"\b[\w-]{2,}\.(?:com|net|org|io|info|biz|xyz|ru|cn|app|dev|ai|me|ly|gg|top|site|online|"
    r"example|test|invalid|onion)\b|hxxps?|\bdot com\b|\[\.\]",
    re.I,
)
MARKUP = re.compile(
    r"\]\s*\(|!\[|\]\s*:|\[[^\]]*\]\s*\[|&(?:#\w+|[a-z]{2,8});|[<>‹›]",
    re.I,
)
CODE = re.compile(
    r"`|[{}]|\$\(|\|>|\\x[0-9a-f]{2}|\\u[0-9a-f]{4}|\bon\w+\s*=|=\s*[\"']|\x1b|\|\s*-{2,}|"
    r"\[\d+(?:;\d+)*m",
    re.I,
)
UNREADABLE = re.compile(rf"\S{{{LONGEST_WORD},}}")
UNSAFE = (
    ("it holds a link", LINK),
    ("it holds markup", MARKUP),
    ("it holds code", CODE),
    ("it holds what cannot be read", UNREADABLE),
)
MODELS = r"(?:AI|LLM|GPT|chatbot|chat bot|assistant|language model|model|bot|agent)s?"
PLAIN_MODELS = r"(?:AI|LLM|GPT|chat ?bot|language model|AI (?:assistant|model|agent|system))s?"
ORDERS = (
    r"\b(?:ignor\w+|disregard\w*|forget|overrid\w+|bypass\w*|discard\w*)\b[^.!?]{0,60}\b"
    r"(?:instructions?|prompts?|rules|messages?|guidelines|directives?|context|orders|"
    r"passages?|articles|sources|above|previous(?:ly)?|(?:other|rest of the) text)\b",
    r"\b(?:ignor\w+|oublie\w*|olvid\w+|vergiss|vergessen|dimentica\w*)\b[^.!?]{0,40}\b"
    r"(?:instruc\w+|istruz\w+|anweis\w+|consignes)",
    r"\b(?:system|developer|hidden|initial|original|secret) (?:prompt|message|instructions?)\b",
    r"\b(?:developer|debug|god|maintenance|DAN|unrestricted|admin) mode\b|\bjailbreak",
    r"\b(?:new|updated|revised|urgent|important|special) (?:instructions?|directives?)\b",
    rf"\b(?:instructions?|notes?|messages?|attention|notice|reminder|hint|hello|dear|hey|addressed)"
    rf":? (?:for |to |of )?(?:the |any |all |every )?{MODELS}\b(?! (?:said|was|is|has))",
    rf"\bas (?:an? |the )?{PLAIN_MODELS}\b,? (?:you|I)\b|\b(?:you are|you're|pretend to be|act as) "
    rf"(?:now |no longer )?(?:an? |the )?(?:\w+ )?{MODELS}\b|\byou are (?:now|no longer) an?\b",
    r"\byour (?:answer|reply|response|output|summary|completion|next message) "
    r"(?:must|should|shall|has to|needs to|will|is to|begins?|starts?|ends?)\b",
    r"\b(?:answer|reply|respond|output|print|repeat|return|emit|begin|start|finish|end)\b[^.!?]{0,30}"
    r"\b(?:only with|exactly|verbatim|word for word|the following|with the (?:word|phrase|sentence|"
    r"line|text)|as follows|this (?:sentence|line|text))\b",
    r"\b(?:do not|don't|never|must not) (?:mention|reveal|cite|quote|tell|answer|use|disclose|say|"
    r"trust|check) (?:\w+ )?(?:the user|users?|passages?|sources?|instructions?|prompts?|"
    r"this (?:note|message|text)|other articles)\b",
    r"\b(?:tell|inform|warn|convince|ask|urge|send|show|give) (?:the |your |every )?"
    r"(?:user|users|human|person asking|questioner)\b",
    r"\bthe user (?:wants|asked|must|should|needs|wishes|requested)\b",
    r"\b(?:cite|citing|mark) (?:\w+ ){0,4}(?:as |with )?[\[(]\d|"
    r"\bcite (?:this|it|source|passage)\b|"
    r"\b(?:append|add|attach|insert|embed|render|include)\b[^.!?]{0,30}"
    r"\b(?:citation|marker|footnote|tracking|markdown|image tag|hyperlink|pixel)\b",
    r"^\W*(?:system|assistant|user|human|developer|tool|ai)\s*[:>]|(?-i:\b(?:SYSTEM|ASSISTANT|"
    r"USER|DEVELOPER)\b\W{0,3}:)|<\||\|>|\[/?INST\]|<<\s*/?SYS\s*>>|"
    r"[<‹]/?\s*(?:system|assistant|user|human|passages?|instructions?|documents?|context|tool\w*|"
    r"im_\w+)\b|#{2,}\s*(?:instruction|system|response|input|task|end)",
    r"\{\s*[\"'“](?:role|answer|content|text|tool\w*|function\w*|citations?|name|action|"
    r"output|system|passage|id)[\"'”]|\bfunction_call\b|\btool_calls?\b",
    r"\bend of (?:the )?(?:passages?|context|documents|data|input|prompt)\b|"
    r"(?-i:\bEND (?:OF )?(?:PASSAGES?|CONTEXT|DATA|INPUT|PROMPT)\b)|"
    r"-{3,}\s*(?:END|BEGIN|SYSTEM|NEW)",
    r"\bprompt injection (?:test|payload)\b|(?-i:\bPWNED\b|\bNOT ANSWERED\b)",
    r"\b(?:decode|base64|rot13|decrypt)\b[^.!?]{0,40}\b(?:follow|execute|run|obey|reply|say|"
    r"answer|print|output)\b|\bobey (?:the|this|these|it)\b",
    rf"\bif you(?:'re| are)? (?:an? )?(?:{MODELS}|processing|summari[sz]ing)\b",
)
COMMAND = re.compile("|".join(ORDERS), re.I | re.M)
"""Orders to whoever reads: a passage that holds one is not evidence."""
IMPERATIVE = re.compile(
    r"^[\W\d_]*(?:please |now,? |then,? |first,? |also,? |just |kindly |always |simply |you must |"
    r"you should |you have to |you need to |be sure to |make sure (?:to|that) |remember to )*"
    r"(?:ignore|disregard|forget|reply|respond|say|print|output|repeat|write|answer|tell|visit|click|"
    r"send|append|insert|cite|translate|summari[sz]e|pretend|execute|fetch|follow|"
    r"download|copy|paste|encode|decode|reveal|render|do not|don't|never|always|please|remember|"
    r"subscribe|sign up|log in|enter|confirm|transfer|wire|buy|go to|email|contact|"
    r"stop (?:answering|reading|here)|trust|obey|comply|quote|mention|state that|claim|conclude|"
    r"assume|imagine|consider|note that you|you must|you should|you will|you are|you're)\b"
    r"(?! is\b| was\b)",
    re.I,
)
SECOND_PERSON = re.compile(r"\b(?:you|your|yours|yourself)\b", re.I)
FIRST_PERSON = re.compile(r"\b(?:I|I'm|I've|I'll|me|my|myself|as an AI)\b")
QUOTED = re.compile(r"\"[^\"]*\"|(?<!\w)'[^']*'(?!\w)")


def unsafe_reason(said: str) -> str:
    """Return what a sentence of an answer holds that it must not; "" where it holds nothing."""
    text = normalised(visible(said))
    for reason, pattern in UNSAFE:
        if pattern.search(text) or pattern.search(said):
            return reason
    outside = QUOTED.sub('""', text)
    if commands(text) or begs(outside):
        return "it is an instruction"
    if SECOND_PERSON.search(outside) or FIRST_PERSON.search(outside):
        return "it talks to the reader instead of telling what the articles say"
    return ""


def commands(text: str) -> bool:
    """Return whether a text gives orders to a model that reads it."""
    return bool(COMMAND.search(normalised(visible(text))) or COMMAND.search(text))


def begs(sentence: str) -> bool:
    """Return whether a sentence commands or asks whoever reads it to do something."""
    text = normalised(visible(sentence))
    if QUOTED.match(text) and SPEECH.search(QUOTED.sub("", text)):
        return False  # somebody of the article says it to somebody else
    return bool(IMPERATIVE.match(text))
