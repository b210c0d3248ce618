"""Evidence sheets: what they say, whom they name, and that they are the same each time."""

import io
from datetime import timedelta
from typing import Any

import docx
import pytest

from concord.accounts.rules import Marking
from concord.analysis.models import Case, Finding
from concord.analysis.queries import case_named
from concord.analysis.services import add_note, answer_case, run, undo_act
from concord.kernel.errors import BadInput
from concord.plan.models import Action
from concord.publication.sheets import make_sheet, sheet_name
from concord.publication.sheets.case import WITHHELD, sheet_of, withholds
from tests.analysis.conftest import let_the_engine_find
from tests.analysis.world import World, an_action, build_world
from tests.cast import Cast
from tests.factories import NOON

ON = NOON.date()
LATER = NOON + timedelta(days=2)


@pytest.fixture
def world(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> World:
    built = build_world(cast.lead_organisation)
    let_the_engine_find(built, monkeypatch)
    return built


def a_case(world: World, cast: Cast, kind: str = "overlap", many: int = 3) -> Case:
    """Actions of Donor A, all related to each other, in Kosovo* and Albania."""
    world.record(
        *(
            an_action(
                number,
                f"Secret title {number}",
                summary="Trains the police on firearms in both places.",
                funding=("3650", "EUR"),
                beneficiaries=["AL", "XK"],
            )
            for number in range(1, many + 1)
        )
    )
    for one in range(1, many + 1):
        for other in range(one + 1, many + 1):
            world.finds(f"A{one}", f"A{other}", kind, 0.9)
    run(world.plan, by=cast.officer, at=NOON)
    return Case.objects.get()


def confirm(cast: Cast) -> None:
    """As the secretariat confirms after both could answer."""
    Finding.objects.update(confirmed_by=cast.officer, confirmed_at=NOON)


def said_in(content: bytes) -> str:
    """All text of a Word file: body, tables, header and footer."""
    word = docx.Document(io.BytesIO(content))
    section = word.sections[0]
    parts = [word.element.body, section.header._element, section.footer._element]
    return "".join(node.text or "" for part in parts for node in part.iter() if node.tag.endswith("}t"))


def test_a_confirmed_sheet_says_everything_there_is_to_know(world: World, cast: Cast) -> None:
    case = a_case(world, cast)
    confirm(cast)
    read = {(f.key_a, f.key_b): f.version for f in Finding.objects.all()}
    given = answer_case(case, answer="joined", reason="Agreed in Vienna", read=read, by=cast.officer, at=NOON)
    undo_act(given[0], by=cast.second_officer, at=LATER)
    add_note(case, text="Never on paper", by=cast.officer, at=NOON)

    said = said_in(make_sheet(case_named(case.key, actor=cast.officer, on=ON), "docx", on=ON))

    for text in (
        "Should these 3 actions be coordinated",
        "Three actions train police on firearms in",
        "Secret title 1",
        "Donor A",
        "Both train on firearms in Albania",
        "Trains the police on firearms in both places.",
        "in common: Firearms",
        "+60.0",
        "24 months in which at least two of them run",
        "up to EUR 3,650 in a pair: the smaller budget over the common months, spread evenly",
        "agreed as joined (",
        "Agreed in Vienna",
        f"Taken back by {cast.second_officer.name}",
        "Its sources have not been asked yet.",
        "* The footnote.",
        "Kosovo*",
        "Produced on",
    ):
        assert text in said, text
    assert said.count("TLP:GREEN") == 2  # in the header and in the footer
    assert "Never on paper" not in said
    assert WITHHELD not in said


@pytest.mark.parametrize("kind", ["overlap", "duplicate"])
@pytest.mark.parametrize("many", [2, 3])
def test_before_it_is_confirmed_a_sheet_names_nobody(world: World, cast: Cast, kind: str, many: int) -> None:
    case = a_case(world, cast, kind, many)
    read = case_named(case.key, actor=cast.officer, on=ON)
    sent = {(f.key_a, f.key_b): f.version for f in Finding.objects.all()}
    answer_case(case, answer="kept", reason="Donor A says so", read=sent, by=cast.officer, at=NOON)
    sheet = sheet_of(read, on=ON)

    assert withholds(read)
    for told in (repr(sheet), said_in(make_sheet(read, "docx", on=ON))):
        for name in ("Donor A", "Implementer C", "Secret title", "Lead organisation"):
            assert name not in told, name
    assert sheet.withheld.startswith("Names are withheld until both could answer.")
    assert sheet.heads[0] == f"Action {read.actions[0].key}"
    assert {row.label for row in sheet.facts if row.cells[0][0].text == WITHHELD} == {
        "Reported by",
        "Who pays",
        "Who does it",
    }
    assert "Albania" in sheet.numbers[1][1]


def test_one_pair_not_confirmed_withholds_the_whole_sheet(world: World, cast: Cast) -> None:
    case = a_case(world, cast)
    confirm(cast)
    one = Finding.objects.order_by("pk")[0]
    Finding.objects.filter(pk=one.pk).update(confirmed_by=None, confirmed_at=None)

    assert withholds(case_named(case.key, actor=cast.officer, on=ON))


@pytest.mark.parametrize("kind", ["synergy", "continuation"])
def test_what_accuses_nobody_is_told_with_names(world: World, cast: Cast, kind: str) -> None:
    case = a_case(world, cast, kind)

    sheet = sheet_of(case_named(case.key, actor=cast.officer, on=ON), on=ON)

    assert (sheet.withheld, sheet.heads[0]) == ("", "Secret title 1")


def test_a_sheet_bears_the_strictest_marking_of_its_actions(world: World, cast: Cast) -> None:
    case = a_case(world, cast)
    Action.objects.filter(own_id="A2").update(marking=Marking.AMBER_STRICT)
    read = case_named(case.key, actor=cast.officer, on=ON)

    assert said_in(make_sheet(read, "docx", on=ON)).count("TLP:AMBER+STRICT") == 2
    assert sheet_name(read) == f"case-{case.key}-TLP-AMBER-STRICT"


@pytest.mark.parametrize("format_name", ["docx", "pdf"])
@pytest.mark.parametrize("many", [2, 8])
def test_a_sheet_is_the_same_bytes_each_time(world: World, cast: Cast, format_name: str, many: int) -> None:
    read = case_named(a_case(world, cast, "synergy", many).key, actor=cast.officer, on=ON)

    made = make_sheet(read, format_name, on=ON)

    assert made == make_sheet(read, format_name, on=ON)
    assert len(made) > 5_000


def test_the_pdf_is_tagged_for_screen_readers(world: World, cast: Cast) -> None:
    made = make_sheet(case_named(a_case(world, cast).key, actor=cast.officer, on=ON), "pdf", on=ON)

    assert b"/MarkInfo" in made
    assert b"pdfuaid" in made
    assert b"/Lang" in made


def test_the_word_file_has_headings_and_tables_whose_heads_repeat(world: World, cast: Cast) -> None:
    made = make_sheet(case_named(a_case(world, cast).key, actor=cast.officer, on=ON), "docx", on=ON)
    word = docx.Document(io.BytesIO(made))

    headings = [paragraph.text for paragraph in word.paragraphs if paragraph.style.name == "Heading 2"]
    assert headings[:2] == ["The actions side by side", "The pairs"]
    assert word.element.body.xml.count("w:tblHeader") >= 3
    assert word.core_properties.title.startswith("Evidence sheet of case")


@pytest.mark.parametrize("format_name", ["docx", "pdf"])
def test_texts_are_never_read_as_markup(world: World, cast: Cast, format_name: str) -> None:
    nasty = '#panic("x") $x$ <b>&amp;</b> \\ *bold* "quoted" \u0000\u202e = heading'
    world.record(an_action(1, nasty.replace("\u0000", "")), an_action(2, "=cmd|' /C calc'!A0"))
    world.finds("A1", "A2", "synergy", 0.9)
    run(world.plan, by=cast.officer, at=NOON)

    made: Any = make_sheet(case_named(Case.objects.get().key, actor=cast.officer, on=ON), format_name, on=ON)

    if format_name == "docx":
        assert '#panic("x") $x$ <b>&amp;</b>' in said_in(made)


def test_there_are_two_formats(world: World, cast: Cast) -> None:
    with pytest.raises(BadInput, match="docx or pdf"):
        make_sheet(case_named(a_case(world, cast).key, actor=cast.officer, on=ON), "odt", on=ON)
