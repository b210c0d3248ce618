"""The demonstration's files: our own compilation from public pages (data/README.md)."""

import csv
from pathlib import Path

DATA = Path(__file__).parent / "data"

ACTIONS = DATA / "western-balkans-actions.csv"
NEEDS = DATA / "western-balkans-needs.csv"
TEMPLATE = DATA / "western-balkans-template.csv"
ORGANISATIONS = DATA / "western-balkans-organisations.csv"
INSTRUMENTS = DATA / "western-balkans-instruments.csv"


def rows_of(path: Path) -> list[dict[str, str]]:
    """The rows of one of the files, by heading."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
