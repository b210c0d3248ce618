"""Records of two systems: who is matched, how surely, why, and that bad input ends in bounded time."""

import time
import tracemalloc

import numpy as np
import pyarrow as pa
import pytest

from concord.engine import linkage_candidates, linkage_training, match_records
from concord.engine.linkage_candidates import KEPT, KEPT_BY_EACH, candidate_pairs
from concord.engine.linkage_donors import bodies_of
from concord.engine.linkage_features import FEATURES, compare, rank_and_margin
from concord.engine.linkage_model import linkage_from_json, shipped_linkage
from concord.engine.linkage_places import countries_of
from concord.engine.linkage_reading import Both
from concord.engine.linkage_training import best_of_each, fold_of, linkage_material, train_linkage
from concord.engine.linkage_words import language_of, root, roots
from concord.engine.schemas import MATCHES, records_table
from concord.kernel.errors import BadInput, SchemaMismatch


def record(key, title, **facts):
    return {"id": key, "title": title, **facts}


WELLS = record(
    "L-1",
    "Rehabilitation of rural wells in Kasamba, phase II",
    donors=["Embassy of Sweden"],
    country="DR Congo",
    start="2011-03",
    amount=2_000_000.0,
    currency="USD",
)
WELLS_AT_THE_DONOR = record(
    "R-1",
    "Rural wells Kasamba rehabilitation 2",
    description="Wells of forty villages are repaired and committees are trained to keep them.",
    donors=["Swedish International Development Cooperation Agency"],
    country="Congo, The Democratic Republic Of The",
    start="2011-03-01",
    amount=2_010_000.0,
    currency="USD",
)
ROADS = record("R-2", "Bridges on the northern road", donors=["Germany"], country="Kenya", start="2004")
SCHOOLS = record("R-3", "Primary schools in the east", donors=["Norway"], country="DR Congo", start="2015")


def matched(left, right, backend, **options):
    found = match_records(records_table(left), records_table(right), backend=backend, **options)
    return found.to_pylist()


def test_the_same_project_under_other_words_stands_first(backend):
    found = matched([WELLS], [WELLS_AT_THE_DONOR, ROADS, SCHOOLS], backend)

    assert (found[0]["left_id"], found[0]["right_id"]) == ("L-1", "R-1")
    assert found[0]["score"] > 0.75
    assert all(row["score"] < 0.25 for row in found[1:])


def test_a_record_without_its_partner_is_matched_with_nobody(backend):
    assert all(row["score"] < 0.5 for row in matched([WELLS], [ROADS, SCHOOLS], backend))


def test_records_of_another_country_are_no_candidates(backend):
    elsewhere = WELLS_AT_THE_DONOR | {"country": "Kenya"}

    assert matched([WELLS], [elsewhere], backend) == []


@pytest.mark.parametrize("country", ["", "Regional", "DR Congo; Rwanda, Burundi", "CD"])
def test_a_country_that_is_open_listed_or_a_code_may_meet(backend, country):
    found = matched([WELLS], [WELLS_AT_THE_DONOR | {"country": country}], backend)

    assert [row["right_id"] for row in found] == ["R-1"]


def test_nothing_is_told_unless_asked_for(backend):
    row = matched([WELLS], [WELLS_AT_THE_DONOR], backend)[0]

    assert (row["evidence"], row["terms"]) == ("", [])


def test_terms_add_up_to_the_score_and_evidence_speaks_of_what_was_found(backend):
    found = matched([WELLS], [WELLS_AT_THE_DONOR, SCHOOLS], backend, explain=True)

    for row in found:
        assert sum(term["weight"] for term in row["terms"]) == pytest.approx(row["score"], abs=1e-4)
        assert row["terms"][0]["name"] == "base"
    assert "same donor: Sweden" in found[0]["evidence"]
    assert "USD 2,000,000 against USD 2,010,000" in found[0]["evidence"]


def test_the_order_of_rows_changes_nothing(backend):
    left = [WELLS, record("L-2", "Bridges", country="Kenya"), record("L-3", "Wells", country="DR Congo")]
    right = [WELLS_AT_THE_DONOR, ROADS, SCHOOLS, record("R-4", "Rural wells", country="DR Congo")]

    assert matched(left, right, backend) == matched(left[::-1], right[::-1], backend)


@pytest.mark.parametrize("sides", [([], []), ([WELLS], []), ([], [ROADS])])
def test_an_empty_side_gives_an_empty_table(backend, sides):
    left, right = (records_table(side) for side in sides)

    found = match_records(left, right, backend=backend)

    assert (len(found), found.schema) == (0, MATCHES)


def test_records_that_state_nothing_but_an_id_match_nobody(backend):
    bare = [record(f"L-{n}", "") for n in range(3)]

    assert matched(bare, [record("R-1", ""), WELLS_AT_THE_DONOR], backend) == []


def test_a_title_is_enough_to_be_proposed(backend):
    found = matched(
        [record("L-1", "Kasamba rural wells")], [record("R-1", "Rural wells of Kasamba")], backend
    )

    assert len(found) == 1


@pytest.mark.parametrize("amount", [0.0, -5.0, float("nan"), float("inf"), 1e300])
def test_amounts_that_say_nothing_are_no_evidence(backend, amount):
    found = matched([WELLS | {"amount": amount}], [WELLS_AT_THE_DONOR], backend, explain=True)

    assert len(found) == 1
    assert np.isfinite(found[0]["score"])


def test_texts_of_a_megabyte_and_odd_characters_are_read_as_far_as_needed(backend):
    long = "wells \0 \ud7ff 水 " * 70_000
    began = time.perf_counter()

    found = matched(
        [WELLS | {"title": long, "description": long}], [WELLS_AT_THE_DONOR | {"description": long}], backend
    )

    assert len(found) == 1
    assert time.perf_counter() - began < 5


def test_identical_titles_by_the_thousand_stay_few_candidates_each():
    left = [record(f"L-{n:05}", "Technical assistance", country="Kenya") for n in range(1_000)]
    right = [record(f"R-{n:05}", "Technical assistance", country="Kenya") for n in range(3_000)]
    both = Both(records_table(left), records_table(right))
    tracemalloc.start()

    a, _ = candidate_pairs(both)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert len(a) <= 1_000 * (KEPT + 3 * KEPT_BY_EACH)
    assert peak < 500 * 2**20


def test_among_identical_titles_date_and_amount_decide(backend):
    left = [record("L-1", "Budget support", country="Kenya", start="2007", amount=5e6, currency="EUR")]
    right = [
        record(
            f"R-{year}", "Budget support", country="Kenya", start=str(year), amount=year * 1e3, currency="EUR"
        )
        for year in range(1990, 2020)
    ]
    right.append(record("R-own", "Budget support", country="Kenya", start="2007", amount=5e6, currency="EUR"))

    assert matched(left, right, backend)[0]["right_id"] == "R-own"


def test_another_table_is_refused(backend):
    with pytest.raises(SchemaMismatch):
        match_records(pa.table({"id": ["1"]}), records_table([]), backend=backend)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("Congo, The Democratic Republic Of The", {"CD"}),
        ("Dem. Rep. of Congo", {"CD"}),
        ("Congo, Republic of", {"CG"}),
        ("Burundi, Congo, Democratic Republic, Congo", {"BI", "CD", "CG"}),
        ("Korea, Democratic People's Republic of", {"KP"}),
        ("Bosnia and Herzegovina", {"BA"}),
        ("Côte d'Ivoire", {"CI"}),
        ("Lao People's Democratic Republic", {"LA"}),
        ("Dominican Republic, Dominica", {"DO", "DM"}),
        ("Moçambique", {"MZ"}),
        ("Regional", set()),
        ("Atlantis", set()),
        ("", set()),
        (None, set()),
    ],
)
def test_countries_are_read_under_their_many_names(text, codes):
    assert countries_of(text) == codes


@pytest.mark.parametrize(
    ("name", "bodies"),
    [
        ("Embassy of Japan", {"japan"}),
        ("JICA", {"japan"}),
        ("Banco Mundial", {"world bank"}),
        ("International Development Association", {"world bank"}),
        ("Comisión Europea", {"eu"}),
        ("Denmark/DANIDA", {"denmark"}),
        ("Ministry of Silly Walks", {"silly walks"}),
        ("unspecified", set()),
        ("", set()),
    ],
)
def test_one_donor_under_many_names_is_one_body(name, bodies):
    assert bodies_of(name) == bodies


def test_field_words_of_other_languages_meet_the_english_ones():
    assert root("renforcement") == root("strengthening")
    assert set(roots("apoyo a la salud reproductiva")) == set(roots("support to reproductive health"))
    assert root("capacitacion") == root("training")
    assert [root(word) for word in ("projet", "the", "fy08")] == ["", "", ""]


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("Appui au développement des communautés", "fr"),
        ("Proyecto de apoyo a los municipios del sur", "es"),
        ("Projecto de apoio aos municípios do sul", "pt"),
        ("Stöd till skolor", "sv"),
        ("Support to the municipalities", "en"),
        ("", "en"),
    ],
)
def test_the_language_of_a_title_is_guessed_by_its_small_words(title, language):
    assert language_of(title) == language


def test_rank_and_margin_count_from_the_best_of_a_group():
    rank, margin = rank_and_margin(np.array([0, 0, 0, 1]), np.array([0.5, 0.9, 0.7, 0.4]))

    assert rank.tolist() == [2, 0, 1, 0]
    assert margin.tolist() == pytest.approx([-0.4, 0.2, -0.2, 0.4])


def test_features_of_no_pairs_are_an_empty_table():
    both = Both(records_table([WELLS]), records_table([ROADS]))
    none = np.empty(0, dtype=np.int64)

    assert compare(both, none, none).shape == (0, len(FEATURES))


def test_the_shipped_model_is_read_back_as_it_was_written():
    model = shipped_linkage()

    assert linkage_from_json(model.to_json()).to_json() == model.to_json()
    assert model.for_features(FEATURES) is model
    assert "AidData" in model.about["source"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"format": "other"}',
        '{"format":"concord-linkage/1","features":["a"],"start":0,"about":{},"averaged":[],"added":[]}',
        '{"format":"concord-linkage/1","features":["a"],"averaged":[{"feature":[0,-1],"right":[9]}]}',
    ],
)
def test_what_is_no_model_is_refused(text):
    with pytest.raises(SchemaMismatch):
        linkage_from_json(text)


def test_a_model_of_other_features_is_refused():
    with pytest.raises(SchemaMismatch, match="train it again"):
        shipped_linkage().for_features(["a"])


# --- training ----------------------------------------------------------------------------------------------

_WORDS = [
    "water",
    "road",
    "school",
    "health",
    "forest",
    "police",
    "market",
    "energy",
    "fish",
    "seed",
    "bridge",
    "court",
    "port",
    "dam",
    "rail",
    "farm",
]


def invented_sides(count=48):
    """Records about two words each, their partners under another order of words; a third without any."""
    left, right, truth = [], [], []
    for n in range(count):
        one, other = _WORDS[n % 16], _WORDS[(n * 5 + n // 16 + 3) % 16]
        facts = {"country": "Kenya", "start": str(2000 + n % 12), "amount": 1e5 * (n + 1), "currency": "USD"}
        left.append(record(f"L-{n:03}", f"Support to {one} and {other} in district {n}", **facts))
        if n % 3:
            right.append(record(f"R-{n:03}", f"District {n}: {other} and {one}", **facts))
            truth.append({"left_id": f"L-{n:03}", "right_id": f"R-{n:03}", "kind": "same"})
    return records_table(left), records_table(right), truth


def test_training_learns_known_pairs_and_is_repeatable(backend, monkeypatch):
    for settings in (linkage_training._AVERAGED, linkage_training._ADDED):
        monkeypatch.setitem(settings, "n_estimators", 30)
    left, right, truth = invented_sides()

    model = train_linkage(linkage_material(left, right, truth), {"source": "invented"})

    again = train_linkage(linkage_material(left, right, truth), {"source": "invented"})
    assert again.to_json() == model.to_json()
    found = match_records(left, right, backend=backend, model=linkage_from_json(model.to_json())).to_pylist()
    best = {row["left_id"]: row["right_id"] for row in reversed(found) if row["score"] >= 0.5}
    assert best == {row["left_id"]: row["right_id"] for row in truth}


def test_each_partner_is_withheld_once_and_nobody_elses():
    left, right, truth = invented_sides()
    material = linkage_material(left, right, truth)

    gone = [{known.left_ids[i] for i in known.left[known.lost]} for known in material.withheld]

    partnered = {row["left_id"] for row in truth}
    assert not gone[0] & gone[1]
    assert gone[0] | gone[1] == partnered
    for known in material.withheld:
        assert not known.same[known.lost].any()


def test_truth_about_a_record_that_is_not_there_is_refused():
    left, right, _ = invented_sides(3)

    with pytest.raises(BadInput, match="L-999"):
        linkage_material(left, right, [{"left_id": "L-999", "right_id": "R-001", "kind": "same"}])


def test_best_of_each_leaves_out_what_is_only_related():
    left, right, truth = invented_sides(12)
    truth[0]["kind"] = "related"
    known = linkage_material(left, right, truth).whole

    scores, same = best_of_each(known, np.where(known.same | known.open, 1.0, 0.1))

    assert len(scores) == len(set(known.left.tolist())) - 1
    assert same.sum() == len(truth) - 1


def test_folds_are_even_and_the_seeds():
    fold = fold_of(23, 3)

    assert sorted(np.bincount(fold)) == [4, 4, 5, 5, 5]
    assert fold.tolist() == fold_of(23, 3).tolist()


# --- very large blocks -------------------------------------------------------------------------------------


def test_large_blocks_find_the_same_partners_as_small_ones(backend, monkeypatch):
    left, right, _ = invented_sides()
    small = match_records(left, right, backend=backend).to_pylist()
    monkeypatch.setattr(linkage_candidates, "LARGE", 10)

    large = match_records(left, right, backend=backend).to_pylist()

    assert {row["right_id"] for row in large if row["score"] > 0.5} == {
        row["right_id"] for row in small if row["score"] > 0.5
    }


def test_in_large_blocks_what_everybody_shares_is_not_followed_but_title_with_amount_is(monkeypatch):
    monkeypatch.setattr(linkage_candidates, "LARGE", 10)
    same = {"country": "Kenya", "start": "2007", "currency": "EUR"}
    left = [record("L-1", "Budget support", **same, amount=5_000.0), record("L-2", "Budget support", **same)]
    right = [record(f"R-{n:04}", "Budget support", **same, amount=1e4 * n) for n in range(1, 1_000)]
    right.append(record("R-own", "Budget support", **same, amount=5_000.0))

    both = Both(records_table(left), records_table(right))
    pairs = [(both.left.ids[a], both.right.ids[b]) for a, b in zip(*candidate_pairs(both), strict=True)]

    assert pairs == [("L-1", "R-own")]
