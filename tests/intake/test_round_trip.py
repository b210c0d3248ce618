"""Everything that goes out comes back in: the whole demonstration, without one difference."""

from __future__ import annotations

from collections import Counter
from io import BytesIO

import openpyxl
import pytest

from concord.accounts.services import operator
from concord.commands.demo import files
from concord.commands.demo.setting import set_the_stage
from concord.intake.files import open_bytes, open_path
from concord.intake.preview import Preview, Target, preview_of
from concord.intake.services import give_out, hand_in
from concord.intake.workbook import COLUMNS
from concord.plan.models import Action
from concord.plan.queries import framework_named, plans_visible_to
from concord.publication.drafts import draft_file
from tests.factories import NOON

pytestmark = [pytest.mark.slow, pytest.mark.once]

HEAD = 2
AT = {column.field: number for number, column in enumerate(COLUMNS, 1)}


@pytest.fixture
def demonstration(db):
    """The demonstration's framework with all its actions and needs."""
    set_the_stage(at=NOON)
    framework = framework_named("iisg")
    for path, target in (
        (files.ACTIONS, Target(framework, None, None, "reported_by")),
        (files.NEEDS, Target(framework, None, framework.secretariat, "")),
    ):
        file, content = open_path(path)
        hand_in(file, content, target=target, by=operator(), at=NOON)
    return framework


def said(preview: Preview) -> dict[str, object]:
    """What a preview would do and ask."""
    changes = [
        (row.row.number, change.field, change.old, change.new)
        for row in preview.rows
        if row.outcome
        for change in [*row.outcome.changes, *row.outcome.conflicts]
    ]
    states = Counter(row.state for row in preview.rows)
    return {"states": set(states), "changes": changes, "problems": [p.message for p in preview.problems]}


NOTHING = {"states": {"same"}, "changes": [], "problems": []}


def test_every_plan_as_a_workbook_comes_back_without_a_difference(demonstration):
    rows = 0
    for plan in plans_visible_to(operator(), demonstration):
        content = draft_file(plan, "xlsx", actor=operator(), today=NOON.date())
        target = Target(demonstration, plan, None, "Reporting organisation")

        preview = preview_of(open_bytes("plan.xlsx", content), target, actor=operator())

        assert said(preview) == NOTHING
        rows += len(preview.rows)
    assert rows > 400


def test_a_workbook_of_those_who_report_most_yields_nothing_unedited_and_exactly_its_edits(demonstration):
    identified = Action.objects.filter(reported_by_as_written="")
    counted = Counter(a.reporting_organisation for a in identified.select_related("reporting_organisation"))
    reporters = [organisation for organisation, _ in counted.most_common(5)]
    edited = 0
    for organisation in reporters:
        target = Target(demonstration, None, organisation)
        given = give_out(organisation=organisation, framework=demonstration, by=operator(), at=NOON)
        unedited = preview_of(open_bytes("back.xlsx", given.content), target, actor=operator())
        assert said(unedited) == NOTHING

        book = openpyxl.load_workbook(BytesIO(given.content))
        sheet, last = book["Actions"], HEAD + given.given.records.count()
        expected = set()
        for row in range(HEAD + 1, last + 1, 3):  # every third row: one field each, in turn
            field = ("summary", "end", "beneficiaries", "notes")[row % 4]
            value = {"end": "2199", "beneficiaries": "TR"}.get(field, "Edited offline")
            sheet.cell(row, AT[field]).value = value
            expected.add((row, field))
        out = BytesIO()
        book.save(out)
        preview = preview_of(open_bytes("back.xlsx", out.getvalue()), target, actor=operator())

        found = {
            (row.row.number, change.field)
            for row in preview.rows
            if row.outcome
            for change in row.outcome.changes
        }
        assert found == expected
        assert preview.counts.new == preview.counts.conflict == preview.counts.skipped == 0
        edited += len(expected)
    assert edited > 30
