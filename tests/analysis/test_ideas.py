"""Ten ideas as a desk officer might write them, read beside the real actions of the compilation."""

from datetime import date

import pytest

from concord.analysis.ideas import Idea, Like, ReadAs, likes_of, read_idea, row_of
from concord.commands.demo import files
from concord.engine.index import ASKED, Index
from concord.engine.schemas import actions_table

ON = date(2021, 6, 1)
LISTS = ("pillars", "topics", "action_types", "donors", "implementers", "beneficiaries")
TITLE = "Advanced Training Course to Detect Forged Documents and Imposters in South Eastern Europe"


class Pair:
    """A row of RELATIONS as `likes_of` takes it."""

    def __init__(self, row: dict[str, object]) -> None:
        self.key_a, self.key_b = str(row["id_a"]), str(row["id_b"])
        self.kind, self.score, self.evidence = (
            str(row["kind"]),
            float(str(row["score"])),
            str(row["evidence"]),
        )


@pytest.fixture(scope="module")
def index() -> Index:
    rows = [
        row | {name: [part for part in row[name].split(";") if part] for name in LISTS}
        for row in files.rows_of(files.ACTIONS)
    ]
    for row in rows:
        del row["budget_amount"]
    return Index.of(actions_table(rows), today=ON)


def read(index: Index, title: str, summary: str = "") -> ReadAs:
    return read_idea(Idea(title, summary), "idea", index, on=ON)


def found(index: Index, title: str, summary: str = "") -> list[Like]:
    idea = Idea(title, summary)
    row = row_of(idea, read_idea(idea, "idea", index, on=ON), "idea")
    pairs = index.related(actions_table([row]), today=ON, per_row=ASKED)
    return [each for each in likes_of(map(Pair, pairs.to_pylist()), idea, "idea", index) if each.score >= 0.5]


def title_of(index: Index, key: str) -> str:
    return str(index.actions["title"][index.places[key]].as_py())


def test_the_title_of_a_real_action_is_perhaps_the_same_work(index: Index) -> None:
    first = found(index, TITLE)[0]

    assert (title_of(index, first.key), first.kind) == (TITLE, "duplicate")
    assert first.evidence.startswith("The same title; ")


def test_a_paraphrase_finds_the_works_of_its_kind_there(index: Index) -> None:
    best = found(
        index,
        "Helping ministries of interior destroy surplus small arms and ammunition",
        "We would destroy surplus weapons and make ammunition depots safer in Bosnia and Herzegovina.",
    )

    assert {each.kind for each in best[:3]} == {"overlap"}
    assert any("EXPLODE" in title_of(index, each.key) for each in best[:3])


@pytest.mark.parametrize(
    ("title", "topic", "places", "whom"),
    [
        (
            "Obuka granične policije Srbije za otkrivanje falsifikovanih putnih isprava",
            "border-management",
            ("RS",),
            "border police",
        ),
        (
            "Сузбијање трговине људима: обука тужилаца и полиције у Србији",
            "trafficking-in-human-beings",
            ("RS",),
            "prosecutors",
        ),
        ("Uništavanje viška oružja i municije u Bosni i Hercegovini", "firearms", ("BA",), "depots"),
        (
            "Trajnimi i policisë kufitare të Shqipërisë për zbulimin e dokumenteve të falsifikuara",
            "document-security",
            ("AL",),
            "police",
        ),
        (
            "Mbështetje për prokurorinë speciale kundër krimit të organizuar në Shqipëri",
            "organised-crime",
            ("AL",),
            "prosecutors",
        ),
        ("Obuka carine u Crnoj Gori", "customs", ("ME",), "customs"),
    ],
)
def test_an_idea_in_a_language_of_the_region_is_read(
    index: Index, title: str, topic: str, places: tuple[str, ...], whom: str
) -> None:
    said = read(index, title)

    assert topic in said.topics
    assert said.beneficiaries == places
    assert whom in said.whom


def test_serbian_finds_the_border_police_of_serbia(index: Index) -> None:
    best = found(index, "Obuka granične policije Srbije za otkrivanje falsifikovanih putnih isprava")

    assert any("Border Security Programme" in title_of(index, each.key) for each in best)


@pytest.mark.parametrize(
    "title",
    [
        "Strengthening capacities in the Western Balkans",
        "A new regional programme",
        "Planting olive trees along the motorway",
    ],
)
def test_of_a_vague_or_strange_idea_nothing_is_guessed(index: Index, title: str) -> None:
    said = read(index, title)

    assert (said.topics, said.action_types) == ((), ())
    assert not found(index, title)


def test_means_that_the_words_do_not_name_need_more(index: Index) -> None:
    said = read(
        index,
        "Training of border police in Albania and Kosovo on document fraud",
        "Courses on forged passports and risk analysis at border crossing points, 2019-2021",
    )

    assert said.action_types == ("training",)
    assert said.beneficiaries == ("AL", "XK")


def test_a_programme_that_stands_there_is_known_by_its_short_name(index: Index) -> None:
    assert read(index, "EMCDDA-IPA8 technical cooperation").topics
    assert not read(index, "QXZW technical cooperation").topics
