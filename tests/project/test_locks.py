"""What is installed is pinned by hash, and the locks name no place to fetch from."""

import re
from pathlib import Path

import pytest

REQUIREMENTS = Path(__file__).parents[2] / "requirements"
NAMES = ["base", "dev", "bench", "spark"]


@pytest.mark.parametrize("name", NAMES)
def test_a_lock_names_no_place_to_fetch_from(name):
    text = (REQUIREMENTS / f"{name}.txt").read_text().lower()

    for word in ("http", "--index", "--extra-index", "--find-links", "--trusted-host", "file:"):
        assert word not in text, f"{name}.txt holds {word}: make it with scripts/lock"


@pytest.mark.parametrize("name", NAMES)
def test_every_package_of_a_lock_has_a_version_and_a_hash(name):
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    entries = re.sub(r"(?m)^#.*\n", "", text).replace("\\\n", " ").strip().splitlines()

    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9._\[\],-]+==\S+ ", entry), entry
        assert "--hash=sha256:" in entry, entry


@pytest.mark.parametrize("name", ["dev", "bench", "spark"])
def test_later_locks_agree_with_base_on_what_they_share(name):
    base, later = pins("base"), pins(name)

    assert {package: later[package] for package in later.keys() & base.keys()} == {
        package: base[package] for package in later.keys() & base.keys()
    }


def pins(name):
    """Package and marker -> version."""
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    return {
        (package, marker.strip(" \\")): version
        for package, version, marker in re.findall(r"(?m)^([a-z0-9._-]+)==(\S+)([^\n]*)$", text)
    }
