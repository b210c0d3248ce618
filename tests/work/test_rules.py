"""Every pair of state and move, the refused ones too."""

from itertools import product

import pytest

from concord.kernel.errors import IllegalMove
from concord.work.rules import MOVE_NAMES, MOVES, OPEN, STATES, state_after


@pytest.mark.parametrize(("state", "move"), list(product(STATES, MOVE_NAMES)))
def test_a_move_leads_where_the_table_says_or_is_refused_in_a_sentence(state: str, move: str):
    if (state, move) in MOVES:
        assert state_after(state, move) == MOVES[state, move]
    else:
        with pytest.raises(IllegalMove, match=r"\.$"):
            state_after(state, move)


def test_every_open_state_can_end_and_what_is_done_stays_done():
    for state in OPEN:
        assert any(MOVES.get((state, move)) not in (None, *OPEN) for move in MOVE_NAMES)
    assert not [move for move in MOVE_NAMES if ("done", move) in MOVES]
