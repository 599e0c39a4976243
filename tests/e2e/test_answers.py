"""Questions of every kind over the example articles, answered by the real models."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from index.embedding import CuttingsEmbeddings
from index.ingest import Ingest
from index.library import Library
from index.locking import writing
from index.settings import IndexSettings
from qa.answering import QuestionAnswerer
from qa.assembly import open_answerer
from qa.domain import Answer
from qa.extractive import DECIDED_BY_THE_READER
from qa.reader import TrainedReader

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples" / "articles"
SEED = ROOT.parent / "shared" / "seed"
NEEDS_SEED = "needs an article that is not part of the project"

UNSURE = pytest.mark.xfail(reason="right, but just below the threshold")
PHRASES = (
    ("Who is leading the inquiry into the lock failure?", "Samuel Okonkwo"),
    ("Who led the team that built the bike shed?", "Yusuf Demir"),
    ("When will the Port Ellery marathon be run?", "17 May"),
    ("When was the lock last overhauled?", "1998"),
    ("How many occupied burrows did Callum Fraser count?", "61"),
    ("How much will the new lock gate cost?", "$12.4 million"),
    ("Where was the Anneliese going with its barley?", "Lisbon"),
    ("Which company will build the new gate?", "Van Houten Marine"),
    ("How long did the e-mail lie unread?", "11 weeks"),
    ("Who owns Skerry Island?", "Skerry Trust"),
    pytest.param(
        "What is the name of the dog that helped to remove the rats?", "Biscuit", marks=UNSURE
    ),
)
SENTENCES = (
    ("Why is the new lock gate delayed?", "shortage of stainless steel"),
    ("Why did bread prices not go up?", "flour had become cheaper"),
    ("What did Aoife Brennan say about the gate?", "A harbour that does not open is a pond"),
    pytest.param("How was the outer gate removed?", "floating crane", marks=UNSURE),
)
DECISIONS = (
    ("Did Mark Tully vote for the new gate?", "voted against"),
    ("Was anybody hurt when the lock gate failed?", "Nobody was hurt"),
)
TEMPTING = (
    ("Who was travelling with two dogs?", "Maeve O'Donnell", "Achterberg"),
    ("Who accepted the recommendations of the inquiry?", "Helena Brandt", "Okonkwo"),
    ("Who is the captain of the Anneliese?", "Joana Reis", "Solheim"),
    pytest.param(
        "Who spoke for the builder of the new gate?",
        "Femke de Wit",
        "Solheim",
        marks=pytest.mark.xfail(reason="the reader takes the builder for its spokeswoman"),
    ),
    ("Who was chief engineer when the crack was found?", "Rafael Quintero", "Solheim"),
)
INVENTED = pytest.mark.xfail(reason="the reader takes something of the same kind for the answer")
NOT_ANSWERED = (
    "Who is the mayor of London?",
    "How old is Ingrid Solheim?",
    "When was Skerry Light built?",
    "How much did the inquiry cost?",
    "Who won the Port Ellery marathon?",
    "What is the capital of Peru?",
    pytest.param("Which bank financed the new lock gate?", marks=INVENTED),
    "How many puffins were killed by Storm Petra?",
    "Who wrote the opera Carmen?",
    pytest.param("What is Paul Achterberg's salary?", marks=INVENTED),
)


def opened(folder: Path, articles: Path) -> QuestionAnswerer:
    settings = IndexSettings(library=folder)
    embeddings = CuttingsEmbeddings()
    with writing(folder, doing="testing"):
        Ingest(Library(folder), embeddings, settings).add_paths([articles])
    return open_answerer(settings, many_questions=False).answerer


@pytest.fixture(scope="module")
def examples(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuestionAnswerer]:
    answerer = opened(tmp_path_factory.mktemp("examples"), EXAMPLES)
    yield answerer
    answerer.library.close()


def checked(answer: Answer) -> Answer:
    """Whatever is said is the article's own, to the character."""
    assert bool(answer.citations) == answer.answered
    for one in answer.citations:
        article = one.retrieved.stored.article
        assert article.text[one.start_char : one.end_char] == one.cited_text
        said = answer.text[one.answer_start : one.answer_end]
        assert any(said in other.cited_text for other in answer.citations)
    return answer


def test_the_trained_reader_answers(examples: QuestionAnswerer) -> None:
    assert isinstance(examples.answerer.reader, TrainedReader)


@pytest.mark.parametrize(("question", "expected"), PHRASES)
def test_a_phrase_is_given_and_no_more(
    examples: QuestionAnswerer, question: str, expected: str
) -> None:
    answer = checked(examples.answer(question))
    assert answer.answered
    assert expected in answer.text
    assert len(answer.text) <= len(expected) + 40


@pytest.mark.parametrize(("question", "expected"), SENTENCES)
def test_a_why_how_or_what_was_said_gets_whole_sentences(
    examples: QuestionAnswerer, question: str, expected: str
) -> None:
    answer = checked(examples.answer(question))
    assert answer.answered
    assert expected in answer.text
    assert answer.text.rstrip("”").endswith((".", "!", "?"))


@pytest.mark.parametrize(("question", "expected"), DECISIONS)
def test_a_yes_or_no_gets_the_sentence_that_decides_it(
    examples: QuestionAnswerer, question: str, expected: str
) -> None:
    answer = checked(examples.answer(question))
    assert answer.answered
    assert expected in answer.text
    assert answer.notes == (DECIDED_BY_THE_READER,)


@pytest.mark.parametrize(("question", "expected", "tempting"), TEMPTING)
def test_a_name_in_another_role_is_not_taken(
    examples: QuestionAnswerer, question: str, expected: str, tempting: str
) -> None:
    answer = checked(examples.answer(question))
    assert expected in answer.text
    assert tempting not in answer.text


@pytest.mark.parametrize("question", NOT_ANSWERED)
def test_what_no_article_answers_is_not_answered(examples: QuestionAnswerer, question: str) -> None:
    answer = checked(examples.answer(question))
    assert not answer.answered, answer.text
    assert answer.passages


@pytest.mark.xfail(reason="the reader marks the ferry alone")
def test_several_things_are_all_given(examples: QuestionAnswerer) -> None:
    answer = checked(examples.answer("Which ships were trapped in the inner harbour?"))
    assert "14 cargo ships" in answer.text
    assert "Saint Brannoc" in answer.text


@pytest.fixture(scope="module")
def seed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[QuestionAnswerer]:
    if not SEED.is_dir():
        pytest.skip(NEEDS_SEED)
    answerer = opened(tmp_path_factory.mktemp("seed"), SEED)
    yield answerer
    answerer.library.close()


def test_who_spoke_with_campbell(seed: QuestionAnswerer) -> None:
    """The name, not a sentence around it."""
    answer = checked(seed.answer("who spoke with Campbell?"))
    assert "Kim Hong-kyun" in answer.text
    assert "Campbell" not in answer.text


@pytest.mark.xfail(reason="the reader prefers the two countries that telephoned")
def test_both_countries_are_given(seed: QuestionAnswerer) -> None:
    answer = checked(seed.answer("Which countries is Putin going to visit?"))
    assert "North Korea" in answer.text
    assert "Vietnam" in answer.text
