"""What the reader is trained on: windows hold their answers, negatives hold none."""

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer

from index.model_files import locate
from index.settings import EmbeddingSettings
from training.batches import Place, StepSize, steps
from training.encoding import Arrays, Group, encode, open_tokenizer
from training.negatives import Exchange, Negatives, PassageSearch
from training.sources import Example, HeldOut, shortened
from training.windows import (
    Window,
    all_occurrences,
    holds_answer,
    positive_window,
    window_around,
    without_answer,
)

STORY = (
    "Kurt Campbell spoke with Kim Hong-kyun by phone on Friday morning. They discussed the visit "
    "of Vladimir Putin to Pyongyang at some length. Seoul fears that the treaty brings more "
    "weapons to its neighbour in the north. Officials in Washington share the concern, they said. "
    "The two ministers agreed to speak again before the end of the month."
)
OTHER = (
    "The mayor of Busan opened a new harbour on Monday. Fishermen had waited for it for 20 years. "
    "Ships of any size may land there from October, the city said, and at night as well."
)


def example(answer: str = "Kim Hong-kyun", context: str = STORY) -> Example:
    question = "Who spoke by phone with Kurt Campbell on Friday?"
    answers = ((context.index(answer), answer),)
    return Example("1", "squadshifts_wiki", "Phone call", "doc", context, question, answers)


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return open_tokenizer(locate(EmbeddingSettings()).tokenizer)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**31), st.sampled_from(["Kim Hong-kyun", "Pyongyang", "month", "more"]))
def test_a_window_holds_its_answer_where_it_is_marked(seed: int, answer: str) -> None:
    """Whatever length and place are drawn, the marked text is the answer."""
    window = positive_window(example(answer), "Phone call", random.Random(seed))
    assert window is not None
    assert window.answers
    assert all(window.text[at : at + len(text)] == text for at, text in window.answers)
    assert window.text in STORY


def test_a_window_is_made_of_whole_sentences() -> None:
    """A short window around an answer is the sentence that it stands in."""
    span = window_around(STORY, (STORY.index("treaty"), "treaty"), 10, random.Random(1))
    assert span is not None
    assert STORY[span[0] : span[1]].startswith("Seoul fears")
    assert STORY[span[0] : span[1]].endswith("north.")


def test_every_occurrence_of_a_long_answer_counts() -> None:
    """Sources mark one occurrence; a name elsewhere in the window is as right."""
    text = "Kim Hong-kyun called. Later Kim Hong-kyun flew home."
    assert [at for at, _ in all_occurrences(text, [(0, "Kim Hong-kyun")])] == [0, 28]


def test_a_short_answer_is_sought_in_its_own_sentence() -> None:
    """A "two" in another sentence is likely to count other things."""
    text = "He has two dogs, just two. She has two cats."
    assert [at for at, _ in all_occurrences(text, [(7, "two")])] == [7, 22]


def test_the_window_without_its_answer_holds_none() -> None:
    """The answering sentence is gone, and nothing else."""
    window = Window("", STORY, ((STORY.index("Kim Hong-kyun"), "Kim Hong-kyun"),))
    left = without_answer(window, ["Kim Hong-kyun"])
    assert left is not None
    assert left.text.startswith("They discussed")
    assert not left.answers


@pytest.mark.parametrize("answer", ["the Treaty", "treaty.", "Treaty"])
def test_an_answer_is_found_without_case_article_and_marks(answer: str) -> None:
    assert holds_answer(STORY, [answer])
    assert not holds_answer(OTHER, [answer])


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 2**31))
def test_negatives_hold_no_gold_answer(seed: int) -> None:
    """Of all kinds: beside, found elsewhere, and with the answering sentence removed."""
    drawing = random.Random(seed)
    beside = Example("2", "squadshifts_wiki", "Phone call", "doc", OTHER, "Who opened it?", ())
    echo = f"Kurt Campbell spoke by phone on Friday. {OTHER}"
    search = PassageSearch(
        [("other", "", echo), ("third", "", f"By phone: Kim Hong-kyun. {OTHER}")]
    )
    positive = positive_window(example(), "Phone call", drawing)
    assert positive is not None
    made = Negatives([example(), beside], search, drawing).windows(example(), positive, 3)
    assert made
    assert all(not one.answers and "Kim Hong-kyun" not in one.text for one in made)


def test_an_exchanged_question_asks_for_what_the_window_lacks() -> None:
    """The name comes from another question and does not occur in the window."""
    others = [
        Example("3", "squadshifts_wiki", "", "x", OTHER, "Who dined with Wendy Sherman there?", ())
    ]
    window = Window("", STORY, ((STORY.index("Kim"), "Kim Hong-kyun"),))
    asked = Exchange([*others, *others], random.Random(3)).changed(example(), window)
    assert asked is None or "Kurt Campbell" not in asked


def test_a_long_document_is_cut_around_the_answer() -> None:
    """The answer keeps its place in what is left."""
    filler = "Nothing of note happened on that day. " * 200
    one = shortened(example("Kim Hong-kyun", filler + STORY + filler))
    at, answer = one.answers[0]
    assert len(one.context) < 4_000
    assert one.context[at : at + len(answer)] == answer


def test_what_figures_are_reported_on_is_held_out() -> None:
    """By context, and by question where it is long enough not to be an accident."""
    assert HeldOut([], [STORY]).reason(example()) == "context of an evaluation set"
    assert HeldOut([example().question.upper()], []).reason(example())
    assert not HeldOut([OTHER], [OTHER]).reason(example())


def test_encoded_answers_decode_to_themselves(tokenizer: Tokenizer) -> None:
    """Starts and ends are tokens of the passage, behind question and title."""
    window = positive_window(example(), "Phone call with Kim", random.Random(5))
    assert window is not None
    [[one]] = encode(tokenizer, [Group(example().question, (window,))])
    assert one.starts[0] >= one.passage_from > one.second_from
    assert tokenizer.decode(one.ids[one.starts[0] : one.ends[0] + 1]) == "kim hong - kyun"


def test_an_answer_that_was_cut_off_leaves_no_group(tokenizer: Tokenizer) -> None:
    """Otherwise its window would be taught not to answer."""
    text = OTHER * 12 + STORY
    window = Window("", text, ((text.index("Kim"), "Kim Hong-kyun"),))
    assert list(encode(tokenizer, [Group("Who?", (window,))])) == [[]]


def test_steps_are_taken_up_where_they_were_left(tokenizer: Tokenizer, tmp_path: Path) -> None:
    """From a place in the middle come the same batches as without a stop."""
    groups = [
        Group(example().question, (Window("", STORY[: 60 + 8 * n], ((25, "Kim Hong-kyun"),)),))
        for n in range(20)
    ]
    Arrays.of(list(encode(tokenizer, groups))).save(tmp_path / "000")
    (tmp_path / "report.json").write_text("{}")
    size = StepSize(batches=2, batch_tokens=200)
    stream = steps(tmp_path, Place(), size, seed=1)
    taken = [next(stream) for _ in range(9)]
    again = next(steps(tmp_path, taken[4][0], size, seed=1))
    assert again[0] == taken[5][0]
    assert all(
        (a.input_ids == b.input_ids).all() for a, b in zip(again[1], taken[5][1], strict=True)
    )
