"""Words of the region's languages, Spanish, French and Portuguese meet their English counterparts."""

import pytest

from concord.engine import find_relations, texts
from concord.engine.backends.duckdb import DuckDB
from concord.engine.languages import english
from concord.engine.schemas import actions_table
from tests.engine.conftest import FILMS, TODAY, action


@pytest.mark.parametrize(
    "title",
    [
        "Trajnim i policisë kufitare kundër trafikimit të njerëzve",
        "Obuka granične policije protiv trgovine ljudima",
        "Обука граничне полиције против трговине људима",
        "Обука на граничната полиција против трговијата со луѓе",
        "Formación de la policía fronteriza contra la trata de personas",
        "Appui à la police des frontières contre la traite des personnes",
        "Formação da polícia de fronteiras contra o tráfico de pessoas",
    ],
)
def test_a_title_shares_the_fields_stems_with_its_english_counterpart(title):
    ours = set(texts.words("Training and support of border police against trafficking in persons"))

    assert len(ours & set(texts.words(title))) >= 3


@pytest.mark.parametrize(
    "word", ["police", "policy", "centres", "armenia", "accession", "detect", "governor"]
)
def test_english_words_stay_what_they_are(word):
    assert english(word) == word


def test_a_foreign_title_is_proposed_beside_its_english_counterpart():
    rows = [
        action("1", "Obuka granične policije za suzbijanje krijumčarenja migranata", beneficiaries=["RS"]),
        action("2", "Training of border police to fight smuggling of migrants", beneficiaries=["RS"]),
        FILMS,
    ]

    found = find_relations(actions_table(rows), backend=DuckDB(), today=TODAY).to_pylist()

    assert (found[0]["id_a"], found[0]["id_b"]) == ("1", "2")
