"""The matrix: equal neighbouring years joined, needs by measure, beneficiaries in their order."""

from concord.web.matrix import matrix_groups, runs_of


def _cells(*words: str) -> list[dict[str, str]]:
    return [{"year": str(2018 + at), "cell": word} for at, word in enumerate(words)]


def test_one_word_over_the_whole_period_names_no_years():
    assert runs_of(_cells("partly", "partly", "partly")) == [{"cell": "partly", "first": "2018", "years": ""}]


def test_neighbouring_years_are_joined_and_others_not():
    runs = runs_of(_cells("none reported", "none reported", "partly"))

    assert [(run["cell"], run["years"]) for run in runs] == [
        ("none reported", "2018–2019"),
        ("partly", "2020"),
    ]


def test_years_that_return_to_a_word_stay_apart():
    assert [run["years"] for run in runs_of(_cells("partly", "met", "partly"))] == ["2018", "2019", "2020"]


def test_no_cells_are_no_runs():
    assert runs_of([]) == []


def test_needs_stand_by_measure_in_the_structures_order_and_the_unplaced_last():
    document = {
        "beneficiaries": [{"code": "AL", "name": "Albania"}, {"code": "RS", "name": "Serbia"}],
        "structure": [
            {"objectives": [{"measures": [{"code": "m1", "name": "One"}, {"code": "m2", "name": "Two"}]}]}
        ],
        "needs": [
            {"key": "N3", "statement": "unplaced", "measure": None},
            {"key": "N2", "statement": "second", "measure": "m2"},
            {"key": "N1", "statement": "first", "measure": "m1"},
        ],
        "matrix": [{"need": "N1", "beneficiary": "RS", "year": "2018", "cell": "met"}],
    }

    groups = matrix_groups(
        document,
        need_address=lambda key: f"/needs/{key}/",
        cell_address=lambda key, code, year: f"/needs/{key}/{code}/{year}/",
    )

    assert [(group["text"], [row["need"]["key"] for row in group["rows"]]) for group in groups] == [
        ("One", ["N1"]),
        ("Two", ["N2"]),
        ("", ["N3"]),
    ]
    albania, serbia = groups[0]["rows"][0]["cells"]
    assert not albania["stated"]
    assert serbia["runs"] == [{"cell": "met", "first": "2018", "years": "", "href": "/needs/N1/RS/2018/"}]
