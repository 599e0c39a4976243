"""Sessions: nothing is lost or mixed up, names are unique, what was cited stays as it was."""

import os
import sqlite3
import stat
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from qa.conversation_file import CONVERSATIONS
from qa.conversations import Conversations
from qa.errors import (
    ConversationsError,
    SessionNameError,
    SessionNameTakenError,
    UnknownSessionError,
)
from qa.settings import SessionSettings

ANSWER: dict[str, Any] = {
    "answer": "Ana Duarte",
    "answered": True,
    "standalone_question": "Who cut the ribbon of the bridge?",
    "citations": [{"article_id": "a1", "cited_text": "Mayor Ana Duarte cut the ribbon."}],
}
SILENCE = {**ANSWER, "answer": "These articles do not answer that.", "answered": False}
SILENCE["citations"] = []


@pytest.fixture
def conversations(tmp_path: Path) -> Iterator[Conversations]:
    opened = Conversations(tmp_path)
    yield opened
    opened.close()


def test_a_turn_is_there_after_opening_the_file_again(
    conversations: Conversations, tmp_path: Path
) -> None:
    session = conversations.create("Bridge")
    assert conversations.add_turn(session.id, "Who cut it?", ANSWER, {"source": "Post"}) == 1
    conversations.close()
    again = Conversations(tmp_path)
    (turn,) = again.turns(session.id)
    assert (turn.question, turn.answer, turn.filters) == ("Who cut it?", ANSWER, {"source": "Post"})
    assert datetime.fromisoformat(turn.asked_at).utcoffset() == timedelta(0)
    assert again.session(session.id).last_question == "Who cut it?"
    again.close()


def test_a_turn_is_handed_on_with_its_cuttings_and_silence_as_nothing(
    conversations: Conversations,
) -> None:
    session = conversations.create()
    conversations.add_turn(session.id, "Who cut it?", ANSWER, {})
    conversations.add_turn(session.id, "Why?", SILENCE, {})
    told, silent = conversations.remembered(session.id)
    assert (told.answer, told.standalone_question) == (
        "Ana Duarte",
        "Who cut the ribbon of the bridge?",
    )
    assert told.cited_texts == ("Mayor Ana Duarte cut the ribbon.",)
    assert told.cited_article_ids == ("a1",)
    assert (silent.question, silent.answer, silent.cited_texts) == ("Why?", "", ())


def test_only_the_last_turns_are_remembered_and_all_are_stored(tmp_path: Path) -> None:
    conversations = Conversations(tmp_path, SessionSettings(turns_remembered=2))
    session = conversations.create()
    for number in range(5):
        conversations.add_turn(session.id, f"q{number}", ANSWER, {})
    assert [one.question for one in conversations.remembered(session.id)] == ["q3", "q4"]
    assert [one.number for one in conversations.turns(session.id)] == [1, 2, 3, 4, 5]
    conversations.close()


@pytest.mark.parametrize("shared", [True, False], ids=["one process", "two connections"])
def test_two_clients_of_a_session_lose_no_turn(tmp_path: Path, shared: bool) -> None:
    first = Conversations(tmp_path)
    second = first if shared else Conversations(tmp_path)
    session = first.create()

    def ask(conversations: Conversations, client: str) -> None:
        for number in range(20):
            conversations.add_turn(session.id, f"{client}{number}", ANSWER, {})

    threads = [threading.Thread(target=ask, args=pair) for pair in ((first, "a"), (second, "b"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    turns = first.turns(session.id)
    assert [one.number for one in turns] == list(range(1, 41))
    for client in "ab":
        asked = [one.question for one in turns if one.question.startswith(client)]
        assert asked == [f"{client}{number}" for number in range(20)]
    first.close()
    second.close()


@pytest.mark.parametrize("same", ["budget", "  BUDGET ", "Budget\u00a0"])
def test_a_name_is_taken_whatever_its_case(conversations: Conversations, same: str) -> None:
    mine = conversations.create("Budget")
    with pytest.raises(SessionNameTakenError):
        conversations.create(same)
    other = conversations.create()
    with pytest.raises(SessionNameTakenError):
        conversations.rename(other.id, same)
    assert conversations.rename(mine.id, "BUDGET").name == "BUDGET"
    assert conversations.find(same).id == mine.id


@pytest.mark.parametrize("name", ["", "  ", "a\x07b", "x" * 101])
def test_what_is_no_name_is_refused(conversations: Conversations, name: str) -> None:
    with pytest.raises(SessionNameError):
        conversations.create(name)
    assert conversations.count() == 0


def test_a_session_is_found_by_name_id_and_the_one_beginning_of_an_id(
    conversations: Conversations,
) -> None:
    conversations.create("Straße", session_id="abcd1111-0000")
    conversations.create(session_id="abcd2222-0000")
    assert conversations.find("STRASSE").id == "abcd1111-0000"
    assert conversations.find("ABCD2222-0000").id == "abcd2222-0000"
    assert conversations.find("abcd2").id == "abcd2222-0000"
    with pytest.raises(UnknownSessionError, match="2 sessions begin with"):
        conversations.find("abcd")
    for unknown in ("abc", "%", "nobody", "\udcff"):
        with pytest.raises(UnknownSessionError, match="no session"):
            conversations.find(unknown)


def test_what_is_unknown_is_said_so(conversations: Conversations) -> None:
    for use in (conversations.session, conversations.delete):
        with pytest.raises(UnknownSessionError):
            use("nothing")
    with pytest.raises(UnknownSessionError):
        conversations.rename("nothing", "x")
    with pytest.raises(UnknownSessionError):
        conversations.add_turn("nothing", "q", ANSWER, {})
    assert conversations.turns("nothing") == []


def test_deleted_is_gone_from_the_file_too(conversations: Conversations, tmp_path: Path) -> None:
    session = conversations.create()
    conversations.add_turn(session.id, "a very telling question", ANSWER, {})
    conversations.delete(session.id)  # while the file stays open, with its log of changes
    stored = b"".join(one.read_bytes() for one in tmp_path.iterdir())
    assert b"a very telling question" not in stored


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2024, 6, 14, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def test_sessions_are_listed_by_their_latest_turn_in_pages(tmp_path: Path) -> None:
    conversations = Conversations(tmp_path, now=Clock())
    ids = [conversations.create(f"s{number}").id for number in range(3)]
    conversations.add_turn(ids[0], "late", ANSWER, {})
    assert [one.id for one in conversations.sessions()] == [ids[0], ids[2], ids[1]]
    (second,) = conversations.sessions(limit=1, offset=1)
    assert (second.id, second.turn_count, second.last_question) == (ids[2], 0, None)
    conversations.close()


def test_a_session_expires_after_the_days_that_are_set(tmp_path: Path) -> None:
    clock = Clock()
    conversations = Conversations(tmp_path, SessionSettings(days_kept=30), now=clock)
    old, young = conversations.create("old"), conversations.create("young")
    clock.now += timedelta(days=29)
    conversations.add_turn(young.id, "q", ANSWER, {})
    clock.now += timedelta(days=2)
    with pytest.raises(UnknownSessionError):
        conversations.session(old.id)
    assert [one.id for one in conversations.sessions()] == [young.id]
    assert conversations.create("old").id != old.id
    conversations.close()


def test_by_default_a_session_is_kept_for_ever(tmp_path: Path) -> None:
    clock = Clock()
    conversations = Conversations(tmp_path, now=clock)
    session = conversations.create("old")
    clock.now += timedelta(days=36_500)
    assert conversations.session(session.id) == session
    conversations.close()


def test_what_was_begun_and_never_answered_is_not_listed_and_goes_in_a_day(
    tmp_path: Path,
) -> None:
    clock = Clock()
    conversations = Conversations(tmp_path, now=clock)
    unused, named = conversations.create(), conversations.create("named")
    assert [one.id for one in conversations.sessions()] == [named.id]
    assert conversations.count() == 1
    assert conversations.session(unused.id).turn_count == 0
    clock.now += timedelta(days=2)
    conversations.create()
    with pytest.raises(UnknownSessionError):
        conversations.session(unused.id)
    assert conversations.session(named.id)
    conversations.close()


DAMAGED: dict[str, bytes] = {
    "not SQLite": b"these are not the conversations" * 300,
    "cut short": b"SQLite format 3\x00" + b"\x10\x00",
}


@pytest.mark.parametrize("case", DAMAGED)
def test_a_damaged_file_gets_one_clear_line(tmp_path: Path, case: str) -> None:
    (tmp_path / "conversations.sqlite3").write_bytes(DAMAGED[case])
    conversations = Conversations(tmp_path)
    for _ in range(2):
        with pytest.raises(ConversationsError, match="move it away, and conversations begin anew"):
            conversations.sessions()
    assert (tmp_path / "conversations.sqlite3").read_bytes() == DAMAGED[case]


def test_a_page_damaged_later_gets_one_clear_line(
    conversations: Conversations, tmp_path: Path
) -> None:
    session = conversations.create()
    for number in range(200):
        conversations.add_turn(session.id, f"question {number} " * 20, ANSWER, {})
    conversations.close()
    path = tmp_path / "conversations.sqlite3"
    content = bytearray(path.read_bytes())
    content[4096 * 3 :] = os.urandom(len(content) - 4096 * 3)
    path.write_bytes(content)
    with pytest.raises(ConversationsError, match="damaged"):
        conversations.turns(session.id)


def test_a_file_of_another_kind_or_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "conversations.sqlite3"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE theirs (a)")
    connection.close()
    with pytest.raises(ConversationsError, match="not a Cuttings file of conversations"):
        Conversations(tmp_path).create()
    path.unlink()
    mine = Conversations(tmp_path)
    mine.create()
    mine.close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {len(CONVERSATIONS.migrations) + 1}")
    connection.close()
    with pytest.raises(ConversationsError, match="upgrade with"):
        mine.create()


def test_a_file_that_was_moved_away_is_begun_anew(
    conversations: Conversations, tmp_path: Path
) -> None:
    before = conversations.create("before")
    for one in list(tmp_path.iterdir()):
        one.rename(one.with_name(f"away-{one.name}"))
    after = conversations.create("after")
    assert [one.id for one in conversations.sessions()] == [after.id]
    with pytest.raises(UnknownSessionError):
        conversations.session(before.id)


def test_only_the_owner_may_read_the_file(conversations: Conversations, tmp_path: Path) -> None:
    conversations.create()
    modes = {stat.S_IMODE(one.stat().st_mode) for one in tmp_path.iterdir()}
    assert modes == {0o600}
