"""Which workbook a file is that comes back, and what is to be said about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import Max, QuerySet

from concord.intake.formats.parts import Sheet
from concord.intake.marks import marked
from concord.intake.models import GivenOut, GivenRecord
from concord.intake.problems import Problem, Severity
from concord.intake.returning import has_all_columns, sheets_as_sent
from concord.intake.workbook.wording import say_day
from concord.plan.queries import actions_visible_to
from concord.plan.rows import Sent

if TYPE_CHECKING:
    from concord.accounts.models import Organisation, Person
    from concord.intake.mapping import MappedSheet
    from concord.intake.preview import Target
    from concord.plan.models import Action, Framework

ASKED_ROWS = 200  # removed rows that are named one by one


@dataclass(frozen=True, slots=True)
class ComingBack:
    """What a file is held against. sent: by the action's key, empty where it is no workbook of ours.

    as_sent: its sheets with the cells that their rows had then. said: what there is to say at once.
    """

    sent: Mapping[str, Sent] = field(default_factory=dict)
    as_sent: Sequence[MappedSheet] = ()
    given: GivenOut | None = None
    actor: Person | None = None
    said: tuple[Problem, ...] = ()

    def problems(self, keys: Iterable[str]) -> Iterator[Problem]:
        """What there is to say about the whole file: the rows that somebody removed are asked about.

        keys: those of the rows that are there.
        """
        yield from self.said
        if self.given is None or self.actor is None:
            return
        gone = not_sent_back(self.given, {key for key in keys if key}, actor=self.actor)
        for action in gone[:ASKED_ROWS]:
            yield Problem(
                Severity.QUESTION,
                "row-removed",
                f"The row of “{action.title[:200]}” ({action.key}) was taken out of the workbook."
                " Is it no longer planned? Nothing was changed.",
                "If it is no longer planned, open the action and withdraw it. Otherwise nothing needs doing.",
                value=action.key,
                reading="it stays as it is",
            )
        if len(gone) > ASKED_ROWS:
            yield Problem(
                Severity.QUESTION,
                "rows-removed",
                f"{len(gone) - ASKED_ROWS} more rows were taken out of the workbook. Nothing was changed.",
                "If these actions are no longer planned, withdraw them on their pages.",
                reading="they stay as they are",
            )


def coming_back(key: str, sheets: Sequence[MappedSheet], target: Target, *, actor: Person) -> ComingBack:
    """What a file with this mark, or without one, is compared with.

    A file that lost its marks but has all columns of the workbook is compared with what its
    organisation was last given of each action.
    """
    if not key:
        return _without_mark(sheets, target)
    given = given_out(key, target.framework)
    if given is None:
        return ComingBack(said=(_unknown(key),))
    if target.organisation is not None and given.organisation != target.organisation:
        return ComingBack(said=(_of_another(key),))
    sent = sent_in(given)
    said = () if given.plan in (None, target.plan) else (_other_plan(given),)
    return ComingBack(sent, sheets_as_sent(sheets, sent), given, actor, said)


def _without_mark(sheets: Sequence[MappedSheet], target: Target) -> ComingBack:
    ours = [sheet for sheet in sheets if sheet.holds == "actions" and has_all_columns(sheet)]
    if not ours or target.organisation is None:
        return ComingBack()
    keys = {sheet.value(row, "key").strip().upper() for sheet in ours for row in sheet.rows}
    sent = sent_last(target.organisation, target.framework, keys - {""})
    return ComingBack(sent, sheets_as_sent(ours, sent))


def _unknown(key: str) -> Problem:
    return Problem(
        Severity.WARNING,
        "unknown-workbook",
        f"The file says that it is Concord's workbook {key}, which was not given out in this framework.",
        "Its rows are compared with the plan as it is now. Choose the other framework if it is from there.",
        value=key,
    )


def _of_another(key: str) -> Problem:
    return Problem(
        Severity.WARNING,
        "workbook-of-another",
        f"The workbook {key} was given out to another organisation than the one it is handed in for.",
        "Choose the organisation to which it was given out, and hand it in again.",
        value=key,
    )


def _other_plan(given: GivenOut) -> Problem:
    plan = given.plan.title if given.plan else ""
    return Problem(
        Severity.WARNING,
        "workbook-of-another-plan",
        f"The workbook was given out for “{plan}” on {say_day(given.given_at.date())} and is handed in"
        " elsewhere.",
        "Hand it in for that plan, so that new actions stand there.",
        value=given.key,
    )


# --- what was given out ------------------------------------------------------------------------------


def given_out(key: str, framework: Framework) -> GivenOut | None:
    """What was given out under this key, in this framework."""
    found = GivenOut.objects.filter(key=key, framework=framework)
    return found.select_related("organisation", "plan").first()


def given_out_to(sheets: Iterable[Sheet], framework: Framework) -> Organisation | None:
    """The organisation to which a workbook was given out; None where the file is no such workbook."""
    key = marked(sheets).key
    given = given_out(key, framework) if key else None
    return given.organisation if given else None


def sent_in(given: GivenOut) -> dict[str, Sent]:
    """What each action said in one workbook, by the action's key."""
    return _sent(given.records.all())


def sent_last(organisation: Organisation, framework: Framework, keys: Collection[str]) -> dict[str, Sent]:
    """What each of these actions said when it was last given out to the organisation, by key."""
    records = GivenRecord.objects.filter(
        given__organisation=organisation, given__framework=framework, action__key__in=list(keys)
    )
    latest = records.order_by().values("action").annotate(last=Max("pk")).values("last")
    return _sent(GivenRecord.objects.filter(pk__in=latest))


def not_sent_back(given: GivenOut, keys: Collection[str], *, actor: Person) -> list[Action]:
    """The actions of a workbook that still stand and whose rows are not among these keys, by title."""
    standing = actions_visible_to(actor, given.framework)
    gone = given.records.exclude(action__key__in=list(keys)).values("action")
    return list(standing.filter(pk__in=gone).order_by("title", "key"))


def _sent(records: QuerySet[GivenRecord]) -> dict[str, Sent]:
    rows = records.values_list("action__key", "cells", "values")
    return {key: Sent(cells, values) for key, cells, values in rows}
