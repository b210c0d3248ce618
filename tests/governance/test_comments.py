"""Comments and proposed adjustments: who may, what becomes of them, and that nothing is lost."""

import pytest

from concord.audit.events import EventName
from concord.audit.queries import history_of
from concord.governance.models import Adjustment, Comment
from concord.governance.queries import adjustments_of, comments_on
from concord.governance.services import add_comment, propose_adjustment, settle_adjustment, withdraw_comment
from concord.kernel.errors import BadInput, IllegalMove, NotPermitted, StaleWrite
from tests.factories import NOON


def test_members_comment_on_a_text_and_read_what_stands(cast, draft):
    comment = add_comment(draft, text=" Please check. ", by=cast.support_group_member, at=NOON)
    assert [one.text for one in comments_on(draft, actor=cast.observer)] == ["Please check."]
    assert not comments_on(draft, actor=cast.anonymous).exists()
    assert [event.event for event in history_of(comment)] == [EventName.COMMENT_MADE]


@pytest.mark.parametrize("who", ["viewer_a", "observer", "auditor", "suspended", "anonymous"])
def test_who_may_not_comment(cast, draft, who):
    with pytest.raises(NotPermitted):
        add_comment(draft, text="No", by=getattr(cast, who), at=NOON)
    assert not Comment.objects.exists()


def test_a_comment_says_something(cast, draft):
    with pytest.raises(BadInput):
        add_comment(draft, text="  ", by=cast.officer, at=NOON)


def test_one_takes_back_ones_own_comment_once(cast, draft):
    comment = add_comment(draft, text="Please check.", by=cast.board_member, at=NOON)
    with pytest.raises(NotPermitted):
        withdraw_comment(comment, by=cast.officer, at=NOON)
    withdraw_comment(comment, by=cast.board_member, at=NOON)
    assert not comments_on(draft, actor=cast.officer).exists()
    assert Comment.objects.count() == 1
    with pytest.raises(StaleWrite):
        withdraw_comment(comment, by=cast.board_member, at=NOON)


def test_an_adjustment_is_proposed_and_settled_once(cast, world):
    proposal = propose_adjustment(world.plan, proposal="Move it to 2020", by=cast.reporter_a, at=NOON)
    assert list(adjustments_of(world.plan, actor=cast.observer)) == [proposal]
    with pytest.raises(NotPermitted):
        settle_adjustment(proposal, move="accept", by=cast.reporter_a, at=NOON)
    settle_adjustment(Adjustment.objects.get(), move="accept", by=cast.officer, at=NOON)
    with pytest.raises(StaleWrite):
        settle_adjustment(proposal, move="decline", by=cast.officer, at=NOON)
    with pytest.raises(IllegalMove):
        settle_adjustment(Adjustment.objects.get(), move="decline", by=cast.officer, at=NOON)
    assert EventName.ADJUSTMENT_DECIDED in [event.event for event in history_of(proposal)]
