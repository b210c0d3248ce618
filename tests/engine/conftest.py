"""The engine's tests run on every backend that ships."""

from datetime import date
from typing import Any

import pytest

from concord.engine.backends import Backend
from concord.engine.backends.choice import missing_for_spark
from concord.engine.backends.duckdb import DuckDB

TODAY = date(2026, 1, 1)


@pytest.fixture(params=["duckdb", pytest.param("spark", marks=pytest.mark.spark)])
def backend(request: pytest.FixtureRequest) -> Backend:
    """Each backend in turn; Spark under `make test-spark`."""
    return DuckDB(threads=1) if request.param == "duckdb" else spark_backend()


def spark_backend() -> Backend:
    """Spark, or a test that is skipped with the reason."""
    if missing := missing_for_spark():
        pytest.skip(missing)
    from concord.engine.backends.spark import Spark

    return Spark(threads=2)


def action(key: str, title: str, **facts: Any) -> dict[str, Any]:
    """An action as `actions_table` takes it; what is left out is not reported."""
    return {"id": key, "title": title, **facts}


EURALIUS_4 = action(
    "A-1",
    "EURALIUS IV – Consolidation of the Justice System in Albania",
    summary="Fourth EU mission to the Albanian justice system, run by a German-led consortium.",
    topics=["judiciary", "criminal-justice"],
    action_types=["advisory", "legislation"],
    donors=["European Union"],
    implementers=["IRZ", "CILC"],
    beneficiaries=["AL"],
    pillars=["WBCSCi"],
    start="2014-09",
    end="2018-03-31",
)
EURALIUS_5 = EURALIUS_4 | {
    "id": "A-2",
    "title": "EURALIUS V – Consolidation of the Justice System in Albania",
    "summary": "Fifth EU mission: the justice ministry and the School of Magistrates are helped.",
    "donors": ["EU (IPA 2016)"],
    "start": "2018-04",
    "end": "2021-03",
}
EURALIUS_5_AGAIN = EURALIUS_5 | {
    "id": "A-3",
    "title": "Consolidation of the Justice System in Albania (EURALIUS V)",
    "summary": "The Austrian partner tells of its results in the Albanian justice project.",
    "donors": [],
    "implementers": ["CILC"],
}
BORDER_TRAINING = action(
    "B-1",
    "Training of border police in Albania and North Macedonia",
    summary="Courses for border police officers on document checks and risk analysis.",
    topics=["border-management", "document-security"],
    action_types=["training"],
    donors=["Kingdom of Norway"],
    implementers=["IOM"],
    beneficiaries=["AL", "MK"],
    pillars=["WBBSi"],
    start="2019-01-01",
    end="2020-12-31",
)
BORDER_COURSES = action(
    "B-2",
    "Border police courses on forged documents",
    summary="Border police officers of three places learn to detect forged documents at the border.",
    topics=["border-management", "document-security"],
    action_types=["training"],
    donors=["Sweden"],
    implementers=["OSCE"],
    beneficiaries=["AL", "MK", "XK"],
    pillars=["WBBSi"],
    start="2019-07-01",
    end="2020-12-31",
)
FILMS = action(
    "C-1",
    "Festival of short films",
    summary="Students show their films.",
    topics=["other"],
    action_types=["awareness"],
    beneficiaries=["RS"],
)
