"""The register of organisations: the writing side. Part of this room's services; call it through them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from concord.accounts.models import (
    Instrument,
    Organisation,
    OrganisationIdentifier,
    OrganisationName,
    Person,
)
from concord.accounts.queries import Actor, part_ids_of, require
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.audit.events import EventName
from concord.audit.services import record
from concord.kernel.codelists import ORGANISATION_KINDS, PLACES
from concord.kernel.errors import BadInput, IllegalMove, StaleWrite
from concord.kernel.names import fold

NAME, ACRONYM, ALIAS = OrganisationName.Sort.NAME, OrganisationName.Sort.ACRONYM, OrganisationName.Sort.ALIAS


@transaction.atomic
def add_organisation(
    *,
    name: str,
    acronym: str = "",
    kind: str = "",
    parent: Organisation | None = None,
    beneficiary: str = "",
    aliases: Iterable[str] = (),
    by: Actor,
    at: datetime,
) -> Organisation:
    """Adds a body to the register, with the strings by which it is known.

    Raises:
        NotPermitted: `by` may not change the register.
        BadInput: no name, an unknown kind or beneficiary code, or the name belongs to a body already.
    """
    who = officer(by, at)
    called = " ".join(name.split())
    check_body(called, kind, beneficiary)
    if OrganisationName.objects.filter(folded=fold(called), only_in="").exclude(sort=ACRONYM).exists():
        raise BadInput(f"“{called}” is in the register already.")
    organisation = Organisation.objects.create(
        name=called,
        acronym=acronym.strip(),
        kind=kind,
        parent=parent,
        beneficiary_code=beneficiary,
        added_at=at,
    )
    OrganisationName.objects.bulk_create(names_of(organisation, aliases))
    record(
        EventName.ORGANISATION_ADDED,
        actor=who,
        about=organisation,
        at=at,
        name=called,
        parent=parent.key if parent else None,
    )
    return organisation


@transaction.atomic
def change_organisation(
    *,
    organisation: Organisation,
    name: str | None = None,
    acronym: str | None = None,
    kind: str | None = None,
    parent: Organisation | None = None,
    clear_parent: bool = False,
    beneficiary: str | None = None,
    by: Actor,
    at: datetime,
) -> Organisation:
    """Changes what is given; None leaves a value as it is. A former name stays known as an alias.

    Raises:
        NotPermitted, BadInput (as for adding), StaleWrite (changed since it was read).
        IllegalMove: the parent stands under the organisation itself.
    """
    who = officer(by, at)
    values = {
        "name": organisation.name if name is None else " ".join(name.split()),
        "acronym": organisation.acronym if acronym is None else acronym.strip(),
        "kind": organisation.kind if kind is None else kind,
        "beneficiary_code": organisation.beneficiary_code if beneficiary is None else beneficiary,
        "parent": None if clear_parent else parent or organisation.parent,
    }
    check_body(str(values["name"]), str(values["kind"]), str(values["beneficiary_code"]))
    if parent and parent.pk in part_ids_of(organisation):
        raise IllegalMove(f"{parent} stands under {organisation} and cannot be above it.")
    changed = sorted(field for field, value in values.items() if getattr(organisation, field) != value)
    former = organisation.name
    save_organisation(organisation, values)
    if "name" in changed or "acronym" in changed:
        _rename(organisation, former)
    record(EventName.ORGANISATION_CHANGED, actor=who, about=organisation, at=at, fields=changed)
    return organisation


@transaction.atomic
def add_alias(
    *,
    organisation: Organisation,
    text: str,
    language: str = "",
    only_in: str = "",
    restricted: bool = False,
    by: Actor,
    at: datetime,
) -> OrganisationName:
    """Makes a string known as this organisation: everywhere, or only in one source (`only_in`).

    restricted: it stands only in rows that not every member may see; needs `only_in`, is never shown,
    and the record of acts does not keep it.

    Raises:
        NotPermitted, BadInput (empty).
        IllegalMove: the string is known there already, for this organisation or for another one.
    """
    who = officer(by, at)
    alias = _name(organisation, ALIAS, text, only_in=only_in, language=language)
    if not alias.folded:
        raise BadInput("An alias needs a text.")
    known = OrganisationName.objects.filter(folded=alias.folded, only_in=only_in).select_related(
        "organisation"
    )
    if owner := known.first():
        raise IllegalMove(f"“{text}” is known already, as {owner.organisation}.")
    alias.restricted = restricted
    alias.save(force_insert=True)
    said = {} if restricted else {"text": alias.text, "only_in": only_in}
    record(EventName.ALIAS_ADDED, actor=who, about=organisation, at=at, **said)
    return alias


@transaction.atomic
def remove_alias(*, alias: OrganisationName, by: Actor, at: datetime) -> None:
    """Takes an alias back. Rows that were identified by it keep the organisation that was chosen.

    Raises:
        NotPermitted, IllegalMove (a name or acronym: change the organisation), StaleWrite (gone already).
    """
    who = officer(by, at)
    if alias.sort != ALIAS:
        raise IllegalMove("A name or an acronym is changed with its organisation.")
    deleted, _ = OrganisationName.objects.filter(pk=alias.pk, sort=ALIAS).delete()
    if not deleted:
        raise StaleWrite("This alias was removed before.")
    said = {} if alias.restricted else {"text": alias.text, "only_in": alias.only_in}
    record(EventName.ALIAS_REMOVED, actor=who, about=alias.organisation, at=at, **said)


@transaction.atomic
def forget_names(pks: Iterable[int], *, by: Actor, at: datetime) -> None:
    """Takes the aliases with these primary keys back, one by one; those that are gone already stay gone.

    Raises:
        NotPermitted.
    """
    officer(by, at)
    for alias in OrganisationName.objects.filter(pk__in=list(pks), sort=ALIAS).select_related("organisation"):
        remove_alias(alias=alias, by=by, at=at)


@transaction.atomic
def remove_organisation(*, organisation: Organisation, by: Actor, at: datetime) -> None:
    """Takes a body that nothing uses out of the register, with its names; its key is never given again.

    Raises:
        NotPermitted; IllegalMove: something uses it: merge it into another body instead.
    """
    who = officer(by, at)
    used = IllegalMove(f"{organisation} is used by now. Say that it is the same body as another instead.")
    if organisation.contacts.exists():
        raise used
    ref = organisation.audit_ref
    try:
        with transaction.atomic():
            organisation.delete()
    except ProtectedError as error:
        raise used from error
    record(EventName.ORGANISATION_REMOVED, actor=who, about=ref, at=at, name=organisation.name)


@transaction.atomic
def add_identifier(
    *, organisation: Organisation, scheme: str, value: str, by: Actor, at: datetime
) -> OrganisationIdentifier:
    """Notes an organisation's number in somebody's list (org-id.guide), such as XM-DAC 41304.

    Raises:
        NotPermitted, BadInput (empty), IllegalMove (the number belongs to an organisation already).
    """
    who = officer(by, at)
    scheme, value = scheme.strip(), value.strip()
    if not scheme or not value:
        raise BadInput("An identifier needs a list and a number.")
    try:
        with transaction.atomic():
            identifier = OrganisationIdentifier.objects.create(
                organisation=organisation, scheme=scheme, value=value
            )
    except IntegrityError as error:
        raise IllegalMove(f"{scheme} {value} belongs to an organisation already.") from error
    record(EventName.IDENTIFIER_ADDED, actor=who, about=organisation, at=at, scheme=scheme, value=value)
    return identifier


@transaction.atomic
def remove_identifier(*, identifier: OrganisationIdentifier, by: Actor, at: datetime) -> None:
    """Takes an organisation's number in somebody's list back.

    Raises:
        NotPermitted; StaleWrite: gone already.
    """
    who = officer(by, at)
    deleted, _ = OrganisationIdentifier.objects.filter(pk=identifier.pk).delete()
    if not deleted:
        raise StaleWrite("This number was removed before.")
    record(
        EventName.IDENTIFIER_REMOVED,
        actor=who,
        about=identifier.organisation,
        at=at,
        scheme=identifier.scheme,
        value=identifier.value,
    )


@transaction.atomic
def add_instrument(*, text: str, donor: Organisation, instrument: str, by: Actor, at: datetime) -> Instrument:
    """Notes that a string, as sources write it, means this donor and this instrument or programme.

    Raises:
        NotPermitted, BadInput (empty), IllegalMove (the string is in the table already).
    """
    who = officer(by, at)
    if not fold(text) or not instrument.strip():
        raise BadInput("A line of the table needs the string and the instrument that it names.")
    try:
        with transaction.atomic():
            added = Instrument.objects.create(
                text=text.strip(), folded=fold(text), donor=donor, instrument=instrument.strip()
            )
    except IntegrityError as error:
        raise IllegalMove(f"“{text}” is in the table of instruments already.") from error
    record(EventName.INSTRUMENT_ADDED, actor=who, about=donor, at=at, text=added.text)
    return added


def officer(by: Actor, at: datetime) -> Person:
    return require(by, Permission.MANAGE_ORGANISATIONS, within=ANYWHERE, on=at.date())


def check_body(name: str, kind: str, beneficiary: str) -> None:
    if not fold(name):
        raise BadInput("An organisation needs a name.")
    if kind and kind not in ORGANISATION_KINDS:
        raise BadInput(f"“{kind}” is no kind of organisation. Known: {', '.join(ORGANISATION_KINDS)}.")
    if beneficiary and beneficiary not in PLACES:
        raise BadInput(f"“{beneficiary}” is no code of a place.")


def save_organisation(organisation: Organisation, values: Mapping[str, object]) -> None:
    changed = Organisation.objects.filter(pk=organisation.pk, version=organisation.version).update(
        version=organisation.version + 1, **values
    )
    if changed != 1:
        raise StaleWrite("This organisation was changed by somebody else. Read it again.")
    organisation.refresh_from_db()


def _rename(organisation: Organisation, former: str) -> None:
    organisation.names.filter(sort__in=[NAME, ACRONYM]).delete()
    known = set(organisation.names.filter(only_in="").values_list("folded", flat=True))
    kept = [former] if fold(former) != fold(organisation.name) else []
    OrganisationName.objects.bulk_create(
        name for name in names_of(organisation, kept) if name.sort != ALIAS or name.folded not in known
    )


def _name(
    organisation: Organisation, sort: str, text: str, *, only_in: str = "", language: str = ""
) -> OrganisationName:
    clean = " ".join(text.split())
    return OrganisationName(
        organisation=organisation,
        sort=sort,
        text=clean,
        folded=fold(clean),
        only_in=only_in,
        language=language,
    )


def names_of(
    organisation: Organisation, aliases: Iterable[str], aliases_here: Iterable[str] = (), source: str = ""
) -> list[OrganisationName]:
    """The rows of an organisation's strings: name, acronym, then aliases, none of them twice."""
    rows = [_name(organisation, NAME, organisation.name)]
    if organisation.acronym:
        rows.append(_name(organisation, ACRONYM, organisation.acronym))
    seen = {(row.folded, row.only_in) for row in rows}
    local = [_name(organisation, ALIAS, text, only_in=source) for text in aliases_here]
    for row in [*(_name(organisation, ALIAS, text) for text in aliases), *local]:
        if row.folded and (row.folded, row.only_in) not in seen:
            seen.add((row.folded, row.only_in))
            rows.append(row)
    return rows
