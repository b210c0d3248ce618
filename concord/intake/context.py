"""What checks need to know of the register and the plan, looked up beforehand. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from concord.intake.vocabulary import doubtful_places, other_place_names, word_key, words
from concord.kernel.codelists import PLACE_NAMES, PLACES


@dataclass(frozen=True, slots=True)
class Context:
    """Where rows are going and which names are known.

    served: codes of the beneficiaries, in the framework's order, to the name people read.
    short_forms: folded name or short form -> code, from the framework's naming table.
    pillars: acronyms of the framework. years: first and last year of the plan, None for a framework.
    donors: donor strings as written -> (key of the organisation or "", instrument).
    organisations: other strings as written -> key, "" where the register has none. A text with a key
    in brackets behind it is there under the whole text, with that key where it is an organisation's.
    needs: folded own id of a need, or its key -> its key.
    near: strings that the register does not have -> names most like them.
    reporter: the key of the one organisation that the file is handed in for, "" with a column.
    rows_name_reporters: an IATI activity's own reporting organisation counts, whoever hands the file in.
    fallback_reporter: the key of the body that reports rows without a name of their own.
    """

    served: Mapping[str, str] = field(default_factory=dict)
    short_forms: Mapping[str, str] = field(default_factory=dict)
    pillars: Sequence[str] = ()
    years: tuple[int, int] | None = None
    donors: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    organisations: Mapping[str, str] = field(default_factory=dict)
    near: Mapping[str, Sequence[str]] = field(default_factory=dict)
    needs: Mapping[str, str] = field(default_factory=dict)
    reporter: str = ""
    reporter_name: str = ""
    rows_name_reporters: bool = False
    fallback_reporter: str = ""

    def place(self, text: str) -> str:
        """The code of a place written as a code, a short form or a name; "" where it is none."""
        folded = word_key(text).strip(" .")
        bare = folded.rstrip("* ")
        found = self.short_forms.get(folded) or self.short_forms.get(bare)
        return found or _OTHER_PLACES.get(folded) or _OTHER_PLACES.get(bare) or _code(text.strip())

    def is_organisation(self, name: str) -> bool:
        """Whether the register knows an organisation by this name as written."""
        return bool(self.organisations.get(name) or self.donors.get(name, ("", ""))[0])

    def field_of_group(self, text: str) -> str:
        """What a heading over rows says of them: a beneficiary, a donor, a pillar; "" where nobody knows."""
        key = word_key(text).strip(" .:*")
        place = self.place(text)
        if place in self.served or key in doubtful_places() or key in words("everywhere", "all"):
            return "beneficiaries"
        if self.is_organisation(text):
            return "donors"
        if place:
            return "beneficiaries"
        return "pillars" if text.casefold() in {pillar.casefold() for pillar in self.pillars} else ""

    def place_name(self, code: str) -> str:
        """What people read for a code."""
        return self.served.get(code) or PLACES.get(code, code)


def _code(text: str) -> str:
    """A code of a place is written in capitals: "no" in a cell is not Norway."""
    return text if text in PLACES else ""


# ISO names of all places and the words of the vocabulary; the framework's own short forms go before them.
_OTHER_PLACES = {word_key(name): code for name, code in PLACE_NAMES.items()} | other_place_names()
