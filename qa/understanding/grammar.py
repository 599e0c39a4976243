"""Closed classes of English words, as parts of patterns."""

AUXILIARY = (
    r"(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|may|might|shall|should|must|"
    r"isn't|aren't|wasn't|weren't|don't|doesn't|didn't|hasn't|haven't|hadn't|won't|wouldn't)"
)
PREPOSITION = (
    r"(?:of|in|on|at|to|for|from|with|by|about|after|before|during|over|under|into|against|between|"
    r"within|without|through|near|besides|since|until)"
)
CONJUNCTION = (
    r"(?:and|or|but|that|which|who|whom|as|than|because|if|while|not|when|where|why|how|what)"
)
QUESTION_WORD = (
    r"(?:how (?:many|much|long|old|far|big|often|late|soon)|"
    r"what|which|whose|whom?|when|where|why|how)"
)
SUBJECT_PRONOUN = r"(?:he|she|they|it|you|we|i)"
OPENING = r"(?:(?:and|but|so|then|ok|okay),?\s+)"
"""A word that a question takes up the one before it with."""
