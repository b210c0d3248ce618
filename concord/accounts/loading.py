"""Loading a whole register from a file: the writing side. Part of this room's services."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from concord.accounts.models import Instrument, Organisation, OrganisationName
from concord.accounts.queries import Actor, live
from concord.accounts.register import check_body, names_of, officer, save_organisation
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.errors import BadInput, NotFound
from concord.kernel.names import fold

LIST_MARK = ";"  # between the values of one cell


@dataclass(frozen=True, slots=True)
class RegisterReport:
    """What loading a register changed: bodies added, bodies that got further names, lines of instruments."""

    added: int
    changed: int
    same: int
    instruments: int


@transaction.atomic
def load_register(
    *,
    organisations: Iterable[Mapping[str, str]],
    instruments: Iterable[Mapping[str, str]] = (),
    source: str,
    by: Actor,
    at: datetime,
) -> RegisterReport:
    """Loads a register of organisations and a table of instruments; loading them again changes nothing.

    A body that is there already (by its id, else by its name) keeps what people made of it and only
    gets the names it lacks.

    Args:
        organisations: id, name, acronym, aliases, aliases_here, parent_id, kind, beneficiary (lists
            separated by ";"). aliases_here hold only in `source`.
        instruments: string, donor_id, instrument.
        source: the file in which aliases_here hold, such as "western-balkans-actions.csv".

    Raises:
        NotPermitted: `by` may not change the register.
        BadInput: an unknown kind or code, or two rows with one id.
        NotFound: a parent_id or donor_id that is not in the register.
    """
    who = officer(by, at)
    rows = list(organisations)
    _check_rows(rows)
    known = _known_bodies(rows)
    fresh = [row for row in rows if row["id"] not in known]
    bodies = known | _add_bodies(fresh, at)
    _set_parents(fresh, bodies)
    named = _add_names(rows, bodies, source)
    added_instruments = _add_instruments(instruments, bodies)
    changed = len(named - {bodies[row["id"]].pk for row in fresh})
    report = RegisterReport(len(fresh), changed, len(rows) - len(fresh) - changed, added_instruments)
    if report.added or report.changed or report.instruments:
        record(
            EventName.REGISTER_LOADED,
            actor=who,
            about=("register", source),
            at=at,
            added=report.added,
            changed=report.changed,
            instruments=report.instruments,
        )
    return report


def _check_rows(rows: list[Mapping[str, str]]) -> None:
    ids = [row["id"] for row in rows]
    if twice := sorted({one for one in ids if ids.count(one) > 1}):
        raise BadInput(f"The register has an id twice: {', '.join(twice)}.")
    for row in rows:
        check_body(row["name"], row.get("kind", ""), row.get("beneficiary", ""))


def _known_bodies(rows: list[Mapping[str, str]]) -> dict[str, Organisation]:
    """Bodies that are in the register already, by the file's id: by that id, else by name without one."""
    ids = {row["id"] for row in rows}
    numbered = Organisation.objects.filter(register_id__in=ids).select_related("merged_into")
    known = {body.register_id: live(body) for body in numbered}
    folded = {fold(row["name"]): row["id"] for row in rows if row["id"] not in known}
    unnumbered = OrganisationName.objects.filter(
        sort=OrganisationName.Sort.NAME, folded__in=folded, organisation__register_id=""
    ).select_related("organisation")
    for name in unnumbered:
        body, register_id = name.organisation, folded[name.folded]
        if register_id not in known:
            save_organisation(body, {"register_id": register_id})
            known[register_id] = body
    return known


def _add_bodies(rows: list[Mapping[str, str]], at: datetime) -> dict[str, Organisation]:
    bodies = [
        Organisation(
            register_id=row["id"],
            name=row["name"],
            acronym=row.get("acronym", ""),
            kind=row.get("kind", ""),
            beneficiary_code=row.get("beneficiary", ""),
            added_at=at,
        )
        for row in rows
    ]
    return {body.register_id: body for body in Organisation.objects.bulk_create(bodies)}


def _set_parents(rows: list[Mapping[str, str]], bodies: Mapping[str, Organisation]) -> None:
    changed = []
    for row in rows:
        if parent_id := row.get("parent_id", ""):
            bodies[row["id"]].parent = _body(parent_id, bodies)
            changed.append(bodies[row["id"]])
    Organisation.objects.bulk_update(changed, ["parent"])


def _body(register_id: str, bodies: Mapping[str, Organisation]) -> Organisation:
    found = bodies.get(register_id) or Organisation.objects.filter(register_id=register_id).first()
    if found is None:
        raise NotFound(f"There is no organisation with the id {register_id} in the register.")
    return live(found)


def _add_names(rows: list[Mapping[str, str]], bodies: Mapping[str, Organisation], source: str) -> set[int]:
    """Adds the strings that are not known yet; gives the primary keys of the bodies that got one."""
    wanted = [
        name
        for row in rows
        for name in names_of(bodies[row["id"]], _listed(row, "aliases"), _listed(row, "aliases_here"), source)
    ]
    existing = OrganisationName.objects.filter(organisation__in=[body.pk for body in bodies.values()])
    known = set(existing.values_list("organisation", "folded", "only_in"))
    missing = [name for name in wanted if (name.organisation_id, name.folded, name.only_in) not in known]
    OrganisationName.objects.bulk_create(missing)
    return {name.organisation_id for name in missing}


def _add_instruments(rows: Iterable[Mapping[str, str]], bodies: Mapping[str, Organisation]) -> int:
    wanted = {
        fold(row["string"]): Instrument(
            text=row["string"],
            folded=fold(row["string"]),
            donor=_body(row["donor_id"], bodies),
            instrument=row["instrument"],
        )
        for row in rows
    }
    known = set(Instrument.objects.filter(folded__in=list(wanted)).values_list("folded", flat=True))
    missing = [line for folded, line in wanted.items() if folded not in known]
    Instrument.objects.bulk_create(missing)
    return len(missing)


def _listed(row: Mapping[str, str], column: str) -> list[str]:
    return [text.strip() for text in row.get(column, "").split(LIST_MARK) if text.strip()]
