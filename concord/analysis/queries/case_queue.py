"""The queue of a plan's cases: its order, its parts, and what is looked for in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.db.models import Count, Max, Min, Prefetch, Q, QuerySet

from concord.accounts.queries import Actor, powers_of, roles_of
from concord.accounts.rules import Permission, Role
from concord.accounts.scope import Scope
from concord.analysis.asking_rules import Standing, could_answer, standing_of
from concord.analysis.models import AskedSource, Asking, Case, Finding
from concord.analysis.queries.cases import LIVE_OR_ANSWERED
from concord.analysis.queries.findings import Filters, findings_of, narrowed, waiting_of
from concord.analysis.queries.naming import FOR_ALL, _pillars_of, _touching
from concord.analysis.rules import BEFORE_THE_BOARD, Sort
from concord.plan.queries import actions_visible_to

if TYPE_CHECKING:
    from concord.accounts.models import Person
    from concord.plan.models import Framework, Measure, Plan

SORT_OF_TAB: Final = {
    "coordinate": Sort.OVERLAP,
    "double-entries": Sort.DUPLICATE,
    "synergies": Sort.SYNERGY,
    "continuations": Sort.CONTINUATION,
}
FOR_THE_BOARD: Final = (Sort.OVERLAP, Sort.DUPLICATE)

ASKED: Final = {
    "no": Standing.NOT_ASKED,
    "waiting": Standing.WAITING,
    "answered": Standing.HEARD,
    "confirmed": Standing.CONFIRMED,
}
"""How a case stands with its sources, as it is looked for."""

ORDERS: Final = ("certainty", "money", "until", "size", "newest", "title")
"""Other orders than that of work, "": each with ties in the order of work."""

MOST_WORDS: Final = 12
"""So many different words are looked for; what follows them is left out."""

NO_MEASURE: Final = "none"
"""Actions that stand under no measure of the plan yet."""


@dataclass(frozen=True, slots=True)
class CaseFilters(Filters):
    """What narrows a queue of cases; empty values narrow nothing.

    words: each must stand in a title, a name of an organisation or an id of an action of one of the case's
    pairs, or be the case's key. kind: a Sort. measure: the code of one of the plan's, or NO_MEASURE; one
    action of a pair stands there. asked: one of ASKED; only of cases that the actor follows. order: one of
    ORDERS. beneficiary, band and adjustable hold together for one pair.
    """

    kind: str = ""
    measure: str = ""
    asked: str = ""
    order: str = ""

    @property
    def narrow(self) -> bool:
        """Whether they leave anything out."""
        return any(getattr(self, each.name) for each in fields(self) if each.name != "order")


@dataclass(frozen=True, slots=True)
class Place:
    """A case in a queue, with what it is ordered by: the best of its findings that wait there.

    can_change: one of them can still be changed, the last one until `until`. money: the largest amount at
    stake in `currency`. keys: of its first pair. size: how many pairs. answered_at: None while it waits.
    """

    pk: int
    can_change: bool
    band: int
    money: Decimal | None
    currency: str
    score: float
    keys: tuple[str, str]
    until: date | None = None
    size: int = 1
    opened_at: datetime | None = None
    title: str = ""
    answered_at: datetime | None = None


def cases_in(
    plan: Plan, *, actor: Actor, on: date, tab: str = "coordinate", filters: Filters | None = None
) -> list[Place]:
    """One part of a plan's queue as cases, in the order in which it is worked through, or another one.

    A case waits as long as one of its findings in the plan does. First what can still be changed on
    day `on`, then by certainty in three steps, then by money at stake in the commonest currency of
    the list, larger amounts first, then by score and keys; always the best of its findings counts.
    "answered" holds cases in which nothing waits, the latest answer first. "board" holds the first
    twenty cases of unanswered overlaps and possible double entries; filters narrow those twenty, and
    another order orders them.

    Source: look.md, page 6; docs/methods/findings.md, section 2.
    """
    wanted = _of_cases(filters)
    if tab == "answered":
        return _in_order(_settled(plan, actor, on, wanted), wanted.order)
    sorts = FOR_THE_BOARD if tab == "board" else (SORT_OF_TAB[tab],)
    waiting = waiting_of(plan, actor=actor, on=on).filter(case__sort__in=sorts)
    if tab != "board":
        return _in_order(_placed(_passing(waiting, plan, wanted, actor, on), on), wanted.order)
    first = _placed(waiting, on)[:BEFORE_THE_BOARD]
    if wanted.narrow:
        kept = set(_passing(waiting, plan, wanted, actor, on).values_list("case", flat=True))
        first = [place for place in first if place.pk in kept]
    return _in_order(first, wanted.order)


def counts_of(
    plan: Plan, *, actor: Actor, on: date | None = None, filters: Filters | None = None
) -> dict[str, int]:
    """How many cases wait in each part on a day (today if not given), and in how many nothing waits any
    more; counted among what is visible, and what the filters leave."""
    wanted = _of_cases(filters)
    waits, told = waiting_of(plan, actor=actor, on=on), _told(plan, actor)
    waiting, settled = waits, told
    if wanted.narrow and on is not None:
        waiting = _passing(waits, plan, wanted, actor, on)
        settled = _passing(told, plan, wanted, actor, on)
    sort_of = dict(waiting.order_by().values_list("case", "case__sort").distinct())
    sorts = Counter(sort_of.values())
    all_waiting = sort_of
    if wanted.narrow:
        all_waiting = dict.fromkeys(waits.order_by().values_list("case", flat=True).distinct(), "")
    answered = settled.order_by().values_list("case", flat=True).distinct()
    counts = {tab: sorts[sort] for tab, sort in SORT_OF_TAB.items()}
    counts["answered"] = sum(case not in all_waiting for case in answered)
    counts["board"] = min(BEFORE_THE_BOARD, sum(sorts[sort] for sort in FOR_THE_BOARD))
    if wanted.narrow and on is not None and counts["board"]:
        first = _placed(waits.filter(case__sort__in=FOR_THE_BOARD), on)[:BEFORE_THE_BOARD]
        counts["board"] = sum(place.pk in sort_of for place in first)
    return counts


def people_of(plan: Plan, *, actor: Actor) -> list[Person]:
    """Who has taken on a case of a plan that the actor may see, by name."""
    rows = _told(plan, actor).filter(case__assigned_to__isnull=False)
    cases = Case.objects.filter(pk__in=rows.order_by().values("case")).select_related("assigned_to")
    people = {case.assigned_to.pk: case.assigned_to for case in cases if case.assigned_to}
    return sorted(people.values(), key=lambda person: (person.name.casefold(), person.pk))


def measures_of(plan: Plan) -> list[Measure]:
    """The measures of a plan, in the order of its template."""
    return list(plan.template.measures.order_by("order"))


def holding(
    found: QuerySet[Finding], words: str, framework: Framework, *, actor: Actor
) -> QuerySet[Finding, Any]:
    """The cases of these findings in which each of the words stands, as a subquery.

    Looked through are titles, names of organisations and ids of the actions that the actor may see, and the
    case's own key; nothing is looked for in a finding that is not among those given.
    """
    cases = found.order_by()
    for word in list(dict.fromkeys(words.split()))[:MOST_WORDS]:
        cases = cases.filter(case__in=found.filter(_holds(word, framework, actor)).order_by().values("case"))
    return cases.values("case")


def _holds(word: str, framework: Framework, actor: Actor) -> Q:
    named = Q(participations__organisation__name__icontains=word) | Q(
        participations__organisation__acronym__iexact=word
    )
    told_by = Q(reporting_organisation__name__icontains=word) | Q(
        reporting_organisation__acronym__iexact=word
    )
    ids = Q(own_id__iexact=word) | Q(iati_identifier__iexact=word)
    written = Q(participations__as_written__icontains=word) | Q(reported_by_as_written__icontains=word)
    actions = actions_visible_to(actor, framework).filter(named | told_by | ids | written)
    pks = actions.order_by().values("pk")
    titles = Q(action_a__title__icontains=word) | Q(action_b__title__icontains=word)
    keys = Q(key_a__iexact=word) | Q(key_b__iexact=word) | Q(case__key__iexact=word)
    return titles | keys | Q(action_a__in=pks) | Q(action_b__in=pks)


def standings_of(cases: Collection[int], *, on: date) -> dict[int, Standing]:
    """How each of these cases stands with its sources, by primary key, in a fixed number of queries."""
    replied = AskedSource.objects.filter(replies__taken_back_at=None, replies__isnull=False).distinct()
    rows = (
        Asking.objects.filter(case__in=list(cases))
        .select_related("case")
        .prefetch_related("sources", Prefetch("sources", replied, to_attr="replied"))
        .order_by("ended_at", "at", "pk")
    )
    latest: dict[int, Asking] = {}
    for asking in sorted(rows, key=lambda each: (each.ended_at is None, each.at, each.pk)):
        latest[asking.case_id] = asking  # one that runs, else the last one
    pairs = {tuple(pair) for asking in latest.values() for pair in asking.pairs}
    told = Finding.objects.filter(FOR_ALL, key_a__in={a for a, _b in pairs}, key_b__in={b for _a, b in pairs})
    fields = ("key_a", "key_b", "kind", "confirmed_at")
    confirmed = {(a, b, kind): at is not None for a, b, kind, at in told.values_list(*fields).order_by()}
    return {case: _standing(latest.get(case), confirmed, on) for case in cases}


def _standing(asking: Any, confirmed: Mapping[tuple[str, str, str], bool], on: date) -> Standing:
    if asking is None:
        return Standing.NOT_ASKED
    keys = [(a, b, asking.case.sort) for a, b in asking.pairs]  # of another kind it is another question
    there = [confirmed[key] for key in keys if key in confirmed]
    heard = could_answer(
        sources=len(asking.sources.all()),
        replied=len(asking.replied),
        answers_until=asking.answers_until,
        on=on,
    )
    return standing_of(
        asked=asking.withdrawn_by_id is None, heard=heard, confirmed=bool(there) and all(there)
    )


def _of_cases(filters: Filters | None) -> CaseFilters:
    """Filters of pairs are filters of cases that leave the rest open."""
    if isinstance(filters, CaseFilters):
        return filters
    if filters is None:
        return CaseFilters()
    return CaseFilters(**{each.name: getattr(filters, each.name) for each in fields(filters)})


def _told(plan: Plan, actor: Actor) -> QuerySet[Finding]:
    """The findings of a plan that its queue tells of: live or answered, in a case."""
    return findings_of(plan, actor=actor).filter(LIVE_OR_ANSWERED, case__isnull=False)


def _passing(
    found: QuerySet[Finding], plan: Plan, filters: CaseFilters, actor: Actor, on: date
) -> QuerySet[Finding]:
    """Of these findings those of the cases that pass; all of such a case, so that it is ordered by what it
    shows. Words are looked for in all that is told of a case, answered pairs too."""
    if not filters.narrow:
        return found
    pairs = Filters(filters.beneficiary, filters.band, "", filters.adjustable)
    passing = narrowed(found, pairs, on)
    if filters.measure:
        passing = passing.filter(_under(plan, filters.measure))
    if filters.kind:
        passing = passing.filter(case__sort=filters.kind)
    if filters.assigned == "nobody":
        passing = passing.filter(case__assigned_to=None)
    elif filters.assigned:
        passing = passing.filter(case__assigned_to__ref=filters.assigned)
    if filters.words:
        passing = passing.filter(
            case__in=holding(_told(plan, actor), filters.words, plan.framework, actor=actor)
        )
    if filters.asked:
        passing = passing.filter(_followed(actor, plan.framework))
        cases = set(passing.order_by().values_list("case", flat=True))
        wanted = ASKED[filters.asked]
        kept = [case for case, standing in standings_of(cases, on=on).items() if standing is wanted]
        return found.filter(case__in=kept)
    return found.filter(case__in=passing.order_by().values("case"))


def _under(plan: Plan, code: str) -> Q:
    """One action of a pair stands under this measure of the plan."""
    main = plan.placements.filter(is_main=True)
    there = main.filter(measure=None) if code == NO_MEASURE else main.filter(measure__code=code)
    actions = there.order_by().values("action")
    return Q(action_a__in=actions) | Q(action_b__in=actions)


def _followed(actor: Actor, framework: Framework) -> Q:
    """The findings of cases of which the actor reads what their sources were asked and said."""
    powers, whole = powers_of(actor), Scope(framework.ref)
    if powers.can(Permission.ASSESS_FINDING, within=whole) or Role.AUDITOR in roles_of(actor, whole):
        return Q()
    pillars = _pillars_of(powers, framework)
    mine = actions_visible_to(actor, framework).filter(pillar_rows__pillar__ref__in=pillars).values("pk")
    return _touching(mine)


def _in_order(places: list[Place], order: str) -> list[Place]:
    """The same places in another order; those that say nothing about it last."""
    if order == "certainty":
        return sorted(places, key=lambda each: -each.score)
    if order == "money":
        rank = _rank_of(place.currency for place in places if place.currency)
        return sorted(places, key=lambda each: (rank.get(each.currency, len(rank)), -(each.money or 0)))
    if order == "until":
        return sorted(places, key=lambda each: (not each.can_change, each.until or date.max))
    if order == "size":
        return sorted(places, key=lambda each: -each.size)
    if order == "newest":
        return sorted(places, key=lambda each: -(each.opened_at.timestamp() if each.opened_at else 0.0))
    if order == "title":
        return sorted(places, key=lambda each: each.title.casefold())
    return places


def _placed(found: QuerySet[Finding], on: date) -> list[Place]:
    """The cases of these findings in the order of the queue."""
    money = _money(found)
    ranks = Counter(currency for stakes in money.values() for currency in stakes)
    places = [_place(row, money.get(row["case"], {}), ranks, on) for row in _best(found)]
    rank = _rank_of(code for stakes in money.values() for code in stakes)
    return sorted(
        places,
        key=lambda each: (
            not each.can_change,
            -each.band,
            rank.get(each.currency, len(rank)),
            -(each.money or 0),
            -each.score,
            each.keys,
        ),
    )


def _rank_of(currencies: Iterable[str]) -> dict[str, int]:
    """The commonest currency of a list first; currencies are not converted."""
    counted = Counter(currencies)
    return {
        code: place
        for place, (code, _n) in enumerate(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
    }


def _best(found: QuerySet[Finding]) -> Any:
    """For each case the best of what it is ordered by."""
    return (
        found.order_by()
        .values("case")
        .annotate(
            until=Max("adjustable_until"),
            best_band=Max("band"),
            best_score=Max("score"),
            first_a=Min("key_a"),
            first_b=Min("key_b"),
            pairs=Count("pk", distinct=True),
            opened=Min("case__opened_at"),
            title_a=Min("action_a__title"),
            title_b=Min("action_b__title"),
        )
    )


def _place(row: Mapping[str, Any], money: Mapping[str, Decimal], ranks: Counter[str], on: date) -> Place:
    currency = min(money, key=lambda code: (-ranks[code], code), default="")
    return Place(
        pk=row["case"],
        can_change=row["until"] is not None and row["until"] >= on,
        band=row["best_band"],
        money=money.get(currency),
        currency=currency,
        score=row["best_score"],
        keys=(row["first_a"], row["first_b"]),
        until=row["until"],
        size=row["pairs"],
        opened_at=row["opened"],
        title=min(row["title_a"], row["title_b"], key=str.casefold),
        answered_at=row.get("last"),
    )


def _money(found: QuerySet[Finding]) -> dict[int, dict[str, Decimal]]:
    """The largest amount at stake of each case, by currency."""
    stated = found.exclude(money_currency="").order_by()
    largest: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = stated.values_list("case", "money_currency").annotate(Max("money_at_stake"))
    for case, currency, amount in rows:
        largest[case][currency] = amount
    return largest


def _settled(plan: Plan, actor: Actor, on: date, filters: CaseFilters) -> list[Place]:
    """The cases in which nothing waits, the latest answer first, those that nobody answered last."""
    waits = waiting_of(plan, actor=actor, on=on).order_by().values("case")
    found = _passing(_told(plan, actor), plan, filters, actor, on).exclude(case__in=waits)
    money = _money(found)
    ranks = Counter(currency for stakes in money.values() for currency in stakes)
    rows = list(_best(found).annotate(last=Max("open__at")))
    rows.sort(key=lambda row: (row["first_a"], row["first_b"]))
    rows.sort(key=lambda row: row["last"].timestamp() if row["last"] else 0.0, reverse=True)
    return [_place(row, money.get(row["case"], {}), ranks, on) for row in rows]
