"""Which text an address means, and the addresses below it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from concord.kernel.errors import NotFound
from concord.publication.queries import edition_in_force, edition_of, edition_on, text_of
from concord.publication.reading import PlanText

if TYPE_CHECKING:
    from concord.publication.models import Edition


@dataclass(frozen=True, slots=True)
class Place:
    """A text at one of its addresses: in force, by its number, or as it was on a day.

    base: the address below which its pages stand. day: set where the address names one.
    """

    edition: Edition
    text: PlanText
    base: str
    is_permanent: bool = False
    day: date | None = None

    @property
    def plan(self) -> str:
        """The text itself."""
        return self.base

    def action(self, key: str) -> str:
        """One action of it."""
        return f"{self.base}actions/{key}/"

    @property
    def needs(self) -> str:
        """Its needs and support."""
        return f"{self.base}needs/"

    def need(self, key: str) -> str:
        """One need of it."""
        return f"{self.base}needs/{key}/"

    @property
    def versions(self) -> str:
        """All texts of the plan."""
        return f"/plans/{self.text.ref}/versions/"

    @property
    def permanent(self) -> str:
        """The address under which this text stays for ever."""
        return permanent_base(self.text.ref, self.edition.number)

    def download(self, format_name: str) -> str:
        """The text as a file, by its permanent address."""
        return f"{self.permanent}plan.{format_name}"


def permanent_base(ref: str, number: int) -> str:
    """The permanent address of a version."""
    return f"/plans/{ref}/v{number}/"


def find_place(ref: str, number: int | None = None, day: str | None = None) -> Place:
    """The text that an address means.

    Raises:
        NotFound: there is none; the text says what there is.
    """
    if number is not None:
        edition = edition_of(ref, number)
        return Place(edition, text_of(edition), permanent_base(ref, number), is_permanent=True)
    if day is not None:
        asked = _day(day)
        edition = edition_on(ref, asked)
        return Place(edition, text_of(edition), f"/plans/{ref}/on/{asked.isoformat()}/", day=asked)
    edition = edition_in_force(ref)
    return Place(edition, text_of(edition), f"/plans/{ref}/")


def in_force(edition: Edition) -> Place:
    """An edition that is known to be in force."""
    text = text_of(edition)
    return Place(edition, text, f"/plans/{text.ref}/")


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise NotFound(f"“{text}” is no day. Write it as 2019-06-30.") from None
    if text != day.isoformat():
        raise NotFound(f"“{text}” is no day. Write it as {day.isoformat()}.")
    return day
