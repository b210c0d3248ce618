"""Loading a register from a file, and loading it again."""

import csv
from pathlib import Path

import pytest

from concord.accounts import services
from concord.accounts.loading import RegisterReport
from concord.accounts.models import Organisation, OrganisationName
from concord.accounts.queries import read_donors, resolve_donor, resolve_name, resolve_names
from concord.audit.models import Event
from concord.audit.queries import history_of
from concord.kernel.errors import BadInput, NotFound
from tests.factories import NOON, an_organisation

SOURCE = "western-balkans-actions.csv"
DEMO = Path(__file__).parents[2] / "concord/commands/demo/data"


def a_row(register_id: str, name: str, **values: str) -> dict[str, str]:
    empty = dict.fromkeys(("acronym", "aliases", "aliases_here", "parent_id", "kind", "beneficiary"), "")
    return {"id": register_id, "name": name} | empty | values


BODIES = [
    a_row("delegation", "Delegation", parent_id="eu", kind="eu-institution"),  # before its parent
    a_row("eu", "European Union", acronym="EU", aliases="Evropska unija; Union européenne ;EU"),
    a_row("moi", "Ministry of the Interior of Serbia", aliases_here="Ministry of Interior", beneficiary="RS"),
]
INSTRUMENTS = [{"string": "EU (Facility)", "donor_id": "eu", "instrument": "The Facility"}]


def load(bodies=BODIES, instruments=INSTRUMENTS, source: str = SOURCE) -> RegisterReport:
    return services.load_register(
        organisations=bodies, instruments=instruments, source=source, by=services.operator(), at=NOON
    )


def test_a_register_is_loaded_with_its_tree_its_names_and_its_instruments(db):
    assert load() == RegisterReport(added=3, changed=0, same=0, instruments=1)

    eu = resolve_name("EU")
    assert eu is not None
    assert eu.register_id == "eu"
    assert Organisation.objects.get(register_id="delegation").parent == eu
    assert resolve_name("union europeenne") == eu
    assert resolve_name("Ministry of Interior") is None
    assert resolve_name("Ministry of Interior", source=SOURCE).beneficiary_code == "RS"
    assert resolve_donor("EU (Facility)") == (eu, "The Facility")
    event = history_of(("register", SOURCE))[-1]
    assert (event.event, event.details) == ("register-loaded", {"added": 3, "changed": 0, "instruments": 1})


def test_loading_it_again_changes_nothing(db):
    load()
    before = (
        list(Organisation.objects.values()),
        list(OrganisationName.objects.values()),
        Event.objects.count(),
    )

    assert load(list(reversed(BODIES))) == RegisterReport(added=0, changed=0, same=3, instruments=0)
    after = (
        list(Organisation.objects.values()),
        list(OrganisationName.objects.values()),
        Event.objects.count(),
    )
    assert after == before


def test_what_people_changed_stays_and_new_names_are_added(db):
    load()
    body = Organisation.objects.get(register_id="eu")
    services.change_organisation(organisation=body, name="The Union", by=services.operator(), at=NOON)
    grown = [
        row | {"aliases": row["aliases"] + ";Europäische Union"} if row["id"] == "eu" else row
        for row in BODIES
    ]

    assert load(grown) == RegisterReport(added=0, changed=1, same=2, instruments=0)
    body.refresh_from_db()
    assert body.name == "The Union"
    assert resolve_name("European Union") == resolve_name("Europaische Union") == body


def test_a_body_that_was_added_by_hand_is_recognised_by_its_name(db):
    by_hand = an_organisation("European  union")

    assert load() == RegisterReport(added=2, changed=1, same=0, instruments=1)
    by_hand.refresh_from_db()
    assert by_hand.register_id == "eu"
    assert resolve_name("EU") == by_hand


@pytest.mark.parametrize(
    ("bodies", "instruments", "error"),
    [
        ([a_row("x", "X"), a_row("x", "Y")], [], BadInput),
        ([a_row("x", "X", kind="juggler")], [], BadInput),
        ([a_row("x", "X", beneficiary="QQ")], [], BadInput),
        ([a_row("x", " ")], [], BadInput),
        ([a_row("x", "X", parent_id="nobody")], [], NotFound),
        ([a_row("x", "X")], [{"string": "S", "donor_id": "nobody", "instrument": "I"}], NotFound),
    ],
)
def test_a_register_with_a_fault_is_refused_as_a_whole(db, bodies, instruments, error):
    with pytest.raises(error):
        load([*BODIES, *bodies], instruments)
    assert not Organisation.objects.exists()


def test_the_register_of_the_demonstration_knows_every_donor_and_implementer(db):
    """267 bodies behind the 432 strings of its actions, 47 of which name an instrument."""
    if not (DEMO / SOURCE).exists():
        pytest.skip("the demonstration's files are not here")
    bodies = _rows("western-balkans-organisations.csv")
    instruments = _rows("western-balkans-instruments.csv")
    actions = _rows(SOURCE)
    strings = {
        text.strip()
        for row in actions
        for column in ("donors", "implementers")
        for text in row[column].split(";")
        if text.strip()
    }

    assert load(bodies, instruments) == RegisterReport(added=267, changed=0, same=0, instruments=47)
    assert load(bodies, instruments) == RegisterReport(added=0, changed=0, same=267, instruments=0)
    found = read_donors(strings, source=SOURCE)
    assert len(found) == 432
    assert [text for text, (organisation, _) in found.items() if organisation is None] == []
    assert sum(organisation is None for organisation in resolve_names(strings).values()) == 7


def _rows(name: str) -> list[dict[str, str]]:
    with (DEMO / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
