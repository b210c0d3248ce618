"""Which decision may be taken on which text: the whole table."""

import pytest

from concord.governance.rules import (
    ADJUSTMENT_MOVES,
    MOVES,
    SUBMIT,
    AdjustmentState,
    DecisionKind,
    TextState,
    next_adjustment_state,
    next_state,
    require_texts,
)
from concord.kernel.errors import BadInput, IllegalMove


@pytest.mark.parametrize("state", list(TextState))
@pytest.mark.parametrize("move", [SUBMIT, *DecisionKind])
def test_every_pair_of_standing_and_decision_is_decided(state, move):
    if (state, move) in MOVES:
        assert next_state(state, move) is MOVES[(state, move)]
    else:
        with pytest.raises(IllegalMove):
            next_state(state, move)


@pytest.mark.parametrize("state", list(AdjustmentState))
@pytest.mark.parametrize("move", ["accept", "decline", "withdraw"])
def test_an_adjustment_is_settled_once(state, move):
    if (state, move) in ADJUSTMENT_MOVES:
        assert next_adjustment_state(state, move) is ADJUSTMENT_MOVES[(state, move)]
    else:
        with pytest.raises(IllegalMove):
            next_adjustment_state(state, move)


@pytest.mark.parametrize("kind", list(DecisionKind))
def test_a_decision_names_the_texts_it_binds_and_an_appointment_none(kind):
    concerns_none = kind in (DecisionKind.APPOINT, DecisionKind.ADMIT)
    require_texts(kind, 0 if concerns_none else 1)
    with pytest.raises(BadInput):
        require_texts(kind, 1 if concerns_none else 0)
