"""Faults planted in a copy of the real file: each is named, all other rows come in, none in half."""

import csv
import random
from datetime import UTC, datetime

import pytest

from concord.accounts.services import operator
from concord.commands.demo.setting import set_the_stage
from concord.intake.files import open_path
from concord.intake.preview import Target
from concord.intake.services import hand_in
from concord.plan.models import Action, ActionBeneficiary, FundingLine, Need, Participation, Statement
from concord.plan.queries import framework_named
from tests.intake.samples import ACTIONS, NEEDS

pytestmark = pytest.mark.slow

AT = datetime(2026, 6, 1, 12, tzinfo=UTC)

FAULTS = {  # row of the file (the first action is row 2): column, value planted, rule
    5: ("start", "31.02.2019", "no-such-date"),
    11: ("end", "1999", "end-before-start"),
    16: ("budget_amount", "-4500000", "negative-amount"),
    20: ("budget_amount", "four million", "no-amount"),
    22: ("budget_currency", "", "amount-without-currency"),
    25: ("budget_currency", "EURO€", "unknown-currency"),
    30: ("beneficiaries", "BA;ZZ", "unknown-beneficiary"),
    40: ("title", "", "no-title"),
}
REMARKS = {
    50: ("topics", "firearms;submarines", "unknown-topic", "warning"),
    51: ("beneficiaries", "BA;AT", "place-not-served", "warning"),
    52: ("summary", "=cmd|' /C calc'!A0", "formula-like-text", "warning"),
    53: ("status", "halted", "unknown-status", "question"),
    54: ("implementers", "Unheard-of Institute", "unknown-organisation", "question"),
}


@pytest.fixture
def target(db):
    """The demonstration's framework with its register, and the master list's column."""
    set_the_stage(at=AT)
    return Target(framework_named("iisg"), org_column="reported_by")


def import_file(path, target):
    file, content = open_path(path)
    return hand_in(file, content, target=target, by=operator(), at=AT)


def real_rows() -> list[dict[str, str]]:
    with ACTIONS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def written(path, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def plant(rows: list[dict[str, str]]) -> None:
    rows[11 - 2] |= {"start": "2018"}
    for number in (22, 25):
        rows[number - 2] |= {"budget_amount": "1000", "budget_currency": "EUR"}
    for number, (column, value, *_) in {**FAULTS, **REMARKS}.items():
        rows[number - 2][column] = value
    rows[101 - 2]["id"], rows[101 - 2]["reported_by"] = rows[100 - 2]["id"], rows[100 - 2]["reported_by"]


def test_every_planted_fault_is_named_and_every_other_row_is_applied(target, tmp_path):
    rows = real_rows()
    plant(rows)

    receipt = import_file(written(tmp_path / ACTIONS.name, rows), target)

    told = {(p.row, p.column, p.rule, p.severity.value) for p in receipt.preview.problems}
    planted = {(n, column, rule, "error") for n, (column, _, rule) in FAULTS.items()}
    planted |= {(n, column, rule, severity) for n, (column, _, rule, severity) in REMARKS.items()}
    planted |= {(100, "id", "repeated-id", "error"), (101, "id", "repeated-id", "error")}
    planted -= {(22, "budget_currency", "amount-without-currency", "error")}
    planted |= {(22, "budget_amount", "amount-without-currency", "error")}
    assert told == planted, "named / planted, and no false alarm"
    assert all(p.remedy and p.message for p in receipt.preview.problems)
    counts = receipt.preview.counts
    assert (counts.rows, counts.new, counts.skipped) == (315, 305, 10)
    bad = {rows[number - 2]["id"] for number in [*FAULTS, 100, 101]}
    assert {action.own_id for action in Action.objects.all()} == {row["id"] for row in rows} - bad

    _values_are_quoted(rows, receipt)
    _nothing_is_half_written(rows)


def _values_are_quoted(rows, receipt):
    quoted = {p.row: p.value for p in receipt.preview.problems}
    assert quoted[5] == "31.02.2019"
    assert quoted[20] == "four million"
    assert quoted[25] == "EURO€"
    assert quoted[30] == "ZZ"
    assert quoted[50] == "submarines"
    assert quoted[100] == quoted[101] == rows[98]["id"]


def _nothing_is_half_written(rows):
    for table in (ActionBeneficiary, FundingLine, Participation):
        assert not table.objects.exclude(action__in=Action.objects.all()).exists()
    formula = Action.objects.get(own_id=rows[52 - 2]["id"])
    assert formula.summary == "=cmd|' /C calc'!A0"


def test_the_real_list_twice_and_shuffled_is_the_same_315(target, tmp_path):
    first = import_file(ACTIONS, target)
    statements = Statement.objects.count()
    second = import_file(ACTIONS, target)
    rows = real_rows()
    random.Random(3).shuffle(rows)
    shuffled = import_file(written(tmp_path / ACTIONS.name, rows), target)

    assert (first.preview.counts.new, len(first.preview.problems)) == (315, 0)
    for again in (second, shuffled):
        assert (again.preview.counts.same, again.preview.counts.to_apply) == (315, 0)
    assert second.repeated
    assert Statement.objects.count() == statements
    assert Action.objects.count() == 315


def test_the_real_needs_come_in_without_a_question(target):
    secretariat = target.framework.secretariat

    receipt = import_file(NEEDS, Target(target.framework, None, secretariat))

    assert (receipt.preview.counts.new, receipt.preview.problems) == (93, ())
    assert Need.objects.count() == 93


def test_mended_rows_come_in_and_the_others_stay_the_same(target, tmp_path):
    rows = real_rows()
    plant(rows)
    import_file(written(tmp_path / ACTIONS.name, rows), target)

    mended = import_file(ACTIONS, target)

    counts = mended.preview.counts
    assert (counts.new, counts.skipped, counts.conflict) == (10, 0, 0)
    # Row 53 states no status in the real file, which is how the unknown word had been read.
    assert counts.changed == len(REMARKS) - 1
    assert Action.objects.count() == 315
