"""The rules of asking: every pair of the table, who could answer, and what is said."""

from datetime import date
from itertools import product

import pytest

from concord.analysis.asking_rules import (
    MOVES,
    SAYINGS,
    Move,
    Named,
    Reason,
    Standing,
    could_answer,
    meaning_of,
    require_move,
    require_saying,
    standing_of,
    takes_replies,
    text_of,
)
from concord.analysis.rules import Answer, Saying, Sort, State, has_ended, state_of
from concord.kernel.errors import BadInput, IllegalMove

DAY, NEXT = date(2019, 6, 17), date(2019, 6, 18)

ALLOWED = {
    "not asked": {"ask"},
    "waiting": {"ask", "withdraw", "reply", "take back"},
    "heard": {"ask", "withdraw", "reply", "take back", "confirm"},
    "confirmed": {"reply", "take back", "undo the confirmation"},
}


@pytest.mark.parametrize(("standing", "move"), list(product(Standing, Move)))
def test_every_pair_of_the_table_is_allowed_or_refused_in_words(standing: Standing, move: Move) -> None:
    if move.value in ALLOWED[standing.value]:
        require_move(standing, move)
        assert MOVES[standing, move] <= set(Standing)
        return
    with pytest.raises(IllegalMove) as refused:
        require_move(standing, move)
    assert str(refused.value).endswith(".")


def test_sources_could_answer_once_all_replied_or_the_last_day_is_past() -> None:
    asked = {"sources": 2, "answers_until": DAY}

    assert not could_answer(replied=1, on=DAY, **asked)
    assert could_answer(replied=2, on=DAY, **asked)
    assert could_answer(replied=0, on=NEXT, **asked)
    assert standing_of(asked=True, heard=False, confirmed=False) is Standing.WAITING


def test_replies_are_taken_while_something_waits_and_by_early_answers_until_the_last_day() -> None:
    open_until = {"ended": False, "answers_until": DAY}

    assert takes_replies([State.OPEN], on=NEXT, **open_until)
    assert takes_replies([State.ASKED_AGAIN, State.GONE], on=NEXT, **open_until)
    assert takes_replies([State.JOINED], on=DAY, **open_until)
    assert not takes_replies([State.JOINED], on=NEXT, **open_until)
    for over in (State.GONE, State.AGED_OUT, State.MERGED):
        assert not takes_replies([over], on=DAY, **open_until)
    assert not takes_replies([], on=DAY, **open_until)
    assert not takes_replies([State.OPEN], ended=True, answers_until=DAY, on=DAY)


@pytest.mark.parametrize(("sort", "says"), list(product(Sort, Saying)))
def test_each_sort_has_its_own_replies(sort: Sort, says: Saying) -> None:
    if says in SAYINGS[sort]:
        assert require_saying(sort, says, " because ") == "because"
    else:
        with pytest.raises(BadInput):
            require_saying(sort, says, "because")


def test_a_synergy_is_offered_to_accept_or_decline_and_everything_else_has_three_replies() -> None:
    assert SAYINGS[Sort.SYNERGY] == (Saying.ACCEPT, Saying.DECLINE)
    assert SAYINGS[Sort.OVERLAP] == (Saying.AGREED, Saying.DIFFERENT, Saying.TALK)


def test_different_says_what_is_different_in_so_many_words() -> None:
    with pytest.raises(BadInput, match="what is different"):
        require_saying("overlap", "different", "  ")
    with pytest.raises(BadInput, match="too long"):
        require_saying("overlap", "different", "x" * 4_001)


def test_what_replies_come_to() -> None:
    agreed, different = ("DA", "agreed"), ("DB", "different")

    both = meaning_of(2, [agreed, ("DB", "agreed")])
    assert both.text == "Both say: already agreed between us."
    assert both.answers == (Answer.JOINED, Answer.PHASED, Answer.KEPT)
    assert both.reason == both.text  # others read it too: who said it, and in which words, is not theirs
    assert meaning_of(2, [agreed]).text == ""
    assert meaning_of(2, [agreed, different]).answers == ()
    assert meaning_of(2, [("DA", "talk"), different]).text.startswith("DA would like to talk.")
    assert meaning_of(2, [("DA", "different"), different]).answers == (Answer.DISMISSED, Answer.KEPT)
    assert meaning_of(2, [("DA", "accept"), ("DB", "accept")]).answers[0] is Answer.JOINED
    assert meaning_of(2, [("DA", "decline")]).answers[0] is Answer.DISMISSED


def test_the_text_says_why_and_names_the_actions_and_accuses_nobody() -> None:
    actions = [Named("Training", "Donor A"), Named("Courses", "Donor B")]

    assert text_of("overlap", actions, [Reason((0, 1), "Both train border police in Albania")]) == (
        "These two may need coordinating, because both train border police in Albania.\n\n"
        "The two actions:\n- “Training”, reported by Donor A\n- “Courses”, reported by Donor B"
    )
    assert "may be the same work" in text_of("duplicate", actions, [Reason((0, 1), "UNDP as donor in one")])
    assert "because UNDP as" in text_of("duplicate", actions, [Reason((0, 1), "UNDP as donor in one")])


def test_of_more_than_two_actions_each_reason_says_which_two_it_is_about() -> None:
    actions = [Named("Training", "Donor A"), Named("Courses", "Donor B"), Named("Kit", "Donor C")]
    reasons = [Reason((2, 0), "Both train"), Reason((0, 1), "Nearly the same title"), Reason((1, 2), "")]

    assert text_of("overlap", actions, reasons) == (
        "These actions may need coordinating, because:\n"
        "- 1 and 3: both train.\n"
        "- 1 and 2: nearly the same title.\n\n"
        "The actions:\n"
        "- 1: “Training”, reported by Donor A\n"
        "- 2: “Courses”, reported by Donor B\n"
        "- 3: “Kit”, reported by Donor C"
    )


def test_an_unanswered_pair_ages_out_the_day_after_both_have_ended() -> None:
    assert [has_ended(DAY, DAY), has_ended(DAY, NEXT), has_ended(None, NEXT)] == [False, True, False]
    common = {"is_live": True, "digest": "d", "has_ended": True}
    assert state_of(answer="", answered_digest="", **common) is State.AGED_OUT
    assert state_of(answer="kept", answered_digest="older", **common) is State.KEPT
    assert state_of(is_live=False, digest="d", answer="", answered_digest="", has_ended=True) is State.GONE
