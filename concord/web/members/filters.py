"""What a person looks for among actions: from the address, in plain words, to the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.kernel import clock
from concord.kernel.codelists import ACTION_STATUSES, name_of_action_type, name_of_topic
from concord.web.members.rows import Places

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from concord.plan.models import Action, Plan

SHOW = {
    "not-placed": gettext_lazy("under no measure yet"),
    "not-confirmed": gettext_lazy("not yet confirmed"),
    "mine": gettext_lazy("of your organisations"),
    "mine-waiting": gettext_lazy("of your organisations, not yet confirmed"),
    "questions": gettext_lazy("told in two ways"),
    "unidentified": gettext_lazy("whose reporter is not identified"),
}
"""Short ways to the rows that wait for somebody."""

SORTS = {
    "title": ("title", "key"),
    "when": ("start_earliest", "end_latest", "key"),
    "ends": ("end_latest", "key"),
    "reporter": ("reporting_organisation__name", "title", "key"),
    "status": ("status", "title", "key"),
    "id": ("own_id", "key"),
}
_YEARS_ASSUMED = 3  # a start alone runs three years, an end alone began three before (design.md, section 6)
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class ActionFilter:
    """What is looked for; an empty field asks nothing. Names are those of the address."""

    beneficiary: str = ""
    topic: str = ""
    means: str = ""
    donor: str = ""
    status: str = ""
    year: str = ""
    q: str = ""
    show: str = ""
    sort: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str]) -> ActionFilter:
        """The filter that an address asks for; what it cannot mean is left out."""
        values = {
            field.name: query.get(field.name, "").replace("\x00", "").strip()[:_LONGEST]
            for field in fields(cls)
        }
        if not (
            values["year"].isascii() and values["year"].isdigit() and 1900 <= int(values["year"]) <= 2100
        ):
            values["year"] = ""
        values["show"] = values["show"] if values["show"] in SHOW else ""
        values["sort"] = values["sort"] if values["sort"].removeprefix("-") in SORTS else ""
        return cls(**values)

    @property
    def asks(self) -> bool:
        """Whether anything is left out."""
        return any(getattr(self, field.name) for field in fields(self) if field.name != "sort")

    def address(self, **changed: str) -> str:
        """The query of an address with this filter, some of it changed: "topic=drugs&", or empty."""
        values = {field.name: getattr(self, field.name) for field in fields(self)} | changed
        kept = {name: value for name, value in values.items() if value}
        return urlencode(kept) + "&" if kept else ""


def narrow(
    actions: QuerySet[Action], wanted: ActionFilter, *, plan: Plan | None, own: Sequence[int] = ()
) -> QuerySet[Action]:
    """The actions that pass, in the order asked for; own: primary keys of the person's organisations."""
    asked = [
        (wanted.beneficiary, Q(beneficiary_rows__code=wanted.beneficiary)),
        (wanted.topic, Q(topic_rows__code=wanted.topic)),
        (wanted.means, Q(type_rows__code=wanted.means)),
        (wanted.donor, Q(participations__role="donor", participations__organisation__key=wanted.donor)),
    ]
    found = actions
    for value, condition in asked:
        if value:  # a subquery keeps joins from doubling rows
            found = found.filter(pk__in=actions.filter(condition).order_by().values("pk"))
    if wanted.status:
        found = found.filter(status="" if wanted.status == "not-reported" else wanted.status)
    if wanted.year:
        found = found.filter(in_year(int(wanted.year)))
    for word in wanted.q.split():
        found = found.filter(pk__in=actions.filter(_holds(word)).order_by().values("pk"))
    return _in_order(_shown(found, wanted.show, plan, own), wanted.sort)


def _holds(word: str) -> Q:
    named = Q(participations__organisation__name__icontains=word) | Q(
        participations__organisation__acronym__iexact=word
    )
    texts = Q(title__icontains=word) | Q(summary__icontains=word) | Q(description__icontains=word)
    ids = Q(own_id__iexact=word) | Q(key__iexact=word) | Q(iati_identifier__iexact=word)
    return texts | ids | named | Q(participations__as_written__icontains=word)


def _shown(found: QuerySet[Action], show: str, plan: Plan | None, own: Sequence[int]) -> QuerySet[Action]:
    if show == "not-confirmed":
        return found.filter(last_confirmed_on=None)
    if show == "mine":
        return found.filter(reporting_organisation__in=own)
    if show == "mine-waiting":
        return found.filter(reporting_organisation__in=own, last_confirmed_on=None, reported_by_as_written="")
    if show == "unidentified":
        return found.exclude(reported_by_as_written="")
    if show == "questions":
        return found.filter(pk__in=found.filter(statements__is_question=True).order_by().values("pk"))
    if show == "not-placed" and plan is not None:
        return found.filter(pk__in=plan.placements.filter(is_main=True, measure=None).values("action"))
    if show == "not-placed":
        return found.filter(
            pk__in=found.filter(placements__is_main=True, placements__measure=None).values("pk")
        )
    return found


def _in_order(found: QuerySet[Action], sort: str) -> QuerySet[Action]:
    names = SORTS[sort.removeprefix("-") or "title"]
    return found.order_by(*(f"-{name}" if sort.startswith("-") else name for name in names))


def in_year(year: int) -> Q:
    """Actions that run, or may run, in a year, as the plan reckons imprecise periods."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    both = Q(start_earliest__lte=last, end_latest__gte=first)
    start_alone = Q(
        end_latest=None, start_earliest__lte=last, start_earliest__gte=date(year - _YEARS_ASSUMED, 1, 1)
    )
    end_alone = Q(
        start_earliest=None, end_latest__gte=first, end_latest__lte=date(year + _YEARS_ASSUMED, 12, 31)
    )
    found = both | start_alone | end_alone | Q(start_earliest=None, end_latest=None)
    if first <= clock.now().date():
        found |= Q(end_latest=None, start_earliest__lte=last, status="ongoing")
    return found


def summary_of(wanted: ActionFilter, places: Places, donors: Mapping[str, str]) -> str:
    """The filter as one line of plain words."""
    said = [
        places.name(wanted.beneficiary) if wanted.beneficiary else _("All beneficiaries"),
        name_of_action_type(wanted.means) if wanted.means else _("any means"),
        name_of_topic(wanted.topic) if wanted.topic else _("any topic"),
    ]
    if wanted.donor:
        said.append(_("paid by %(donor)s") % {"donor": donors.get(wanted.donor, wanted.donor)})
    if wanted.status:
        said.append(ACTION_STATUSES.get(wanted.status, _("status not reported")).lower())
    if wanted.year:
        said.append(wanted.year)
    if wanted.q:
        said.append(_("with the words “%(words)s”") % {"words": wanted.q})
    if wanted.show:
        said.append(str(SHOW[wanted.show]))
    return ", ".join(said)


def fields_of(
    wanted: ActionFilter,
    actions: QuerySet[Action],
    places: Places,
    years: Sequence[int],
    *,
    shows: Sequence[str],
) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """The form's fields, offering only what the list holds, and the donors' names by key."""
    donors = _donors(actions)
    topics, means = _codes(actions, "topic_rows__code"), _codes(actions, "type_rows__code")
    return [
        {"name": "q", "label": _("Words in title, text or names"), "kind": "search", "value": wanted.q},
        _select(
            "beneficiary",
            _("For whom"),
            _("All beneficiaries"),
            [(p.code, p.name) for p in places.table],
            wanted,
        ),
        _select("topic", _("Topic"), _("Any topic"), _named(topics, name_of_topic), wanted),
        _select("means", _("Means"), _("Any means"), _named(means, name_of_action_type), wanted),
        _select(
            "donor",
            _("Who pays"),
            _("Anybody"),
            sorted(donors.items(), key=lambda item: item[1].casefold()),
            wanted,
        ),
        _select(
            "status",
            _("Status"),
            _("Any status"),
            [*ACTION_STATUSES.items(), ("not-reported", _("Not reported"))],
            wanted,
        ),
        _select("year", _("Year"), _("Any year"), [(str(year), str(year)) for year in years], wanted),
        _select("show", _("Only those"), _("All"), [(name, str(SHOW[name])) for name in shows], wanted),
    ], donors


def _select(
    name: str, label: str, anything: str, options: Sequence[tuple[str, str]], wanted: ActionFilter
) -> dict[str, Any]:
    chosen = getattr(wanted, name)
    return {
        "name": name,
        "label": label,
        "kind": "select",
        "options": [
            {"value": value, "text": text, "selected": value == chosen}
            for value, text in [("", anything), *options]
        ],
    }


def _codes(actions: QuerySet[Action], path: str) -> list[str]:
    return [code for code in actions.order_by().values_list(path, flat=True).distinct() if code]


def _named(codes: Sequence[str], name: Any) -> list[tuple[str, str]]:
    return sorted(((code, name(code)) for code in codes), key=lambda item: item[1].casefold())


def _donors(actions: QuerySet[Action]) -> dict[str, str]:
    paid = actions.filter(participations__role="donor", participations__organisation__isnull=False)
    named = paid.order_by().values_list(
        "participations__organisation__key", "participations__organisation__name"
    )
    return dict(named.distinct())


def say_actions(count: int) -> str:
    """How many actions: "1 action", "133 actions"."""
    return ngettext("%(count)d action", "%(count)d actions", count) % {"count": count}


def say_needs(count: int) -> str:
    """How many needs."""
    return ngettext("%(count)d need", "%(count)d needs", count) % {"count": count}
