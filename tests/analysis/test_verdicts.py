"""Whether actions side by side say the same: agreeing, written differently, silent, or differing."""

import pytest

from concord.analysis.verdicts import Verdict, also_said, verdict_of


@pytest.mark.parametrize(
    ("field", "cells", "verdict"),
    [
        ("topics", (["Drugs", "Firearms"], ["firearms", "Drugs"]), Verdict.AGREES),
        ("topics", (["Drugs"], ["Firearms"]), Verdict.DIFFERS),
        ("topics", (["Drugs"], []), Verdict.ONCE),
        ("topics", (["Drugs"], [], []), Verdict.ONCE),
        ("topics", (["Drugs"], ["Drugs"], []), Verdict.PARTLY),
        ("topics", (["Drugs"], ["Firearms"], []), Verdict.DIFFERS),
        ("donors", (["European Union (EU)"], ["European Commission (IPA)"]), Verdict.ALIKE),
        ("donors", (["IOM"], ["International Organization for Migration"], ["IOM"]), Verdict.ALIKE),
        ("donors", (["IOM", "UNDP"], ["IOM"]), Verdict.DIFFERS),
        ("topics", (["IOM"], ["International Organization for Migration"]), Verdict.DIFFERS),
        ("donors", (["Sweden"], ["Norway"]), Verdict.DIFFERS),
    ],
)
def test_a_fact_is_said_to_differ_only_where_it_does(field, cells, verdict) -> None:
    assert verdict_of(field, cells) is verdict


def test_what_another_action_says_too_is_marked_bodies_by_any_of_their_names() -> None:
    bodies = (["IOM", "UNDP"], ["International Organization for Migration (IOM)"], [])

    assert also_said("implementers", bodies) == [[True, False], [True], []]
    assert also_said("topics", (["Drugs", "Firearms"], ["drugs"])) == [[True, False], [True]]
