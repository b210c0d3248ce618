"""The code lists: what the codes in files and columns are called when people read them.

Codes are for machines; screens and papers show the names. A topic or type that is not listed is kept
as text and shown as written.
"""

from dataclasses import dataclass
from typing import Final

import pycountry

WITHDRAWN_CURRENCIES: Final[frozenset[str]] = frozenset(
    ["BGN", "CSD", "CYP", "EEK", "HRK", "LTL", "LVL", "MTL", "SIT", "SKK"]
)
"""Letter codes of ISO 4217, list three, withdrawn in Europe since 2004, which older plans state: what the
euro replaced, and the dinar of Serbia and Montenegro."""

CURRENCIES: Final[frozenset[str]] = (
    frozenset(currency.alpha_3 for currency in pycountry.currencies) | WITHDRAWN_CURRENCIES
)
"""ISO 4217, the letter codes in force, and those withdrawn ones that older files state."""

ACTION_TYPES: Final[dict[str, str]] = {
    "training": "Training",
    "advisory": "Advisory support",
    "networking": "Networking",
    "operational-support": "Operational support",
    "analysis": "Analysis",
    "legislation": "Legislation",
    "equipment": "Equipment",
    "awareness": "Awareness raising",
    "information-exchange": "Information exchange",
    "infrastructure": "Infrastructure",
}

TOPICS: Final[dict[str, str]] = {
    "asset-recovery": "Asset recovery",
    "asylum": "Asylum",
    "border-management": "Border management",
    "corruption": "Corruption",
    "criminal-justice": "Criminal justice",
    "critical-infrastructure": "Critical infrastructure",
    "customs": "Customs",
    "cybercrime": "Cybercrime",
    "document-security": "Document security",
    "drugs": "Drugs",
    "explosives": "Explosives",
    "firearms": "Firearms",
    "foreign-fighters": "Foreign fighters",
    "forensics": "Forensics",
    "gender": "Gender",
    "hate-speech": "Hate speech",
    "information-exchange": "Information exchange",
    "intelligence-led-policing": "Intelligence-led policing",
    "judiciary": "Judiciary",
    "migrant-smuggling": "Migrant smuggling",
    "migration": "Migration",
    "money-laundering": "Money laundering",
    "organised-crime": "Organised crime",
    "other": "Other",
    "passenger-data": "Passenger data",
    "police-cooperation": "Police cooperation",
    "police-reform": "Police reform",
    "prisons": "Prisons",
    "prosecution": "Prosecution",
    "radicalisation-in-prisons": "Radicalisation in prisons",
    "reintegration": "Reintegration",
    "terrorism": "Terrorism",
    "trafficking-in-human-beings": "Trafficking in human beings",
    "violent-extremism": "Violent extremism",
    "war-crimes": "War crimes",
    "witness-protection": "Witness protection",
    "youth": "Youth",
}

KINDS: Final[dict[str, str]] = {
    "duplicate": "possible double entry",
    "continuation": "possible continuation",
    "overlap": "to be coordinated",
    "synergy": "possible synergy",
}
"""The kinds of relation (relations-protocol) and their wording until people have answered."""

ORGANISATION_KINDS: Final[dict[str, str]] = {
    "government": "Government",
    "ministry-or-agency": "Ministry or agency",
    "police-or-prosecution": "Police or prosecution",
    "eu-institution": "EU institution",
    "international-organisation": "International organisation",
    "fund-or-programme": "Fund or programme",
    "ngo": "Non-governmental organisation",
    "academic": "University or research body",
    "company": "Company",
    "media": "Media",
    "other": "Other",
}

ACTION_STATUSES: Final[dict[str, str]] = {
    "planned": "Planned",
    "ongoing": "Ongoing",
    "completed": "Completed",
}

FUNDING_STATUSES: Final[dict[str, str]] = {
    "secured": "Secured",
    "pipeline": "Pipeline",
    "unfunded": "Unfunded",
    "not reported": "Not reported",
}

NEED_KINDS: Final[dict[str, str]] = {
    "legislative": "Legislative",
    "institutional": "Institutional",
    "operational": "Operational",
}

APPROACHES: Final[dict[str, str]] = {
    "anticipate": "Anticipate",
    "prevent": "Prevent",
    "protect": "Protect",
    "respond": "Respond",
}


@dataclass(frozen=True, slots=True)
class BeneficiaryName:
    """One line of a naming table: how people read the place behind a code.

    footnote is the text that an asterisk in name and short refers to, or empty.
    """

    code: str
    name: str
    short: str
    order: int
    footnote: str = ""


KOSOVO_FOOTNOTE: Final = (
    "This designation is without prejudice to positions on status, and is in line with UNSCR 1244/1999 "
    "and the ICJ Opinion on the Kosovo declaration of independence."
)
"""The European Union's wording; it differs by institution, so a framework may set its own."""

NAMING_TABLE: Final[tuple[BeneficiaryName, ...]] = (
    BeneficiaryName("AL", "Albania", "ALB", 1),
    BeneficiaryName("BA", "Bosnia and Herzegovina", "BIH", 2),
    BeneficiaryName("XK", "Kosovo*", "KOS*", 3, KOSOVO_FOOTNOTE),
    BeneficiaryName("ME", "Montenegro", "MNE", 4),
    BeneficiaryName("MK", "North Macedonia", "MKD", 5),
    BeneficiaryName("RS", "Serbia", "SRB", 6),
)
"""The naming table that a framework starts with, in its order."""


def _place_names() -> dict[str, str]:
    names = {
        place.alpha_2: str(getattr(place, "common_name", None) or place.name) for place in pycountry.countries
    }
    return names | {line.code: line.name for line in NAMING_TABLE}


PLACES: Final[dict[str, str]] = _place_names()
"""ISO 3166-1 letter codes with XK, to a readable name; the six have the names of the naming table."""


def _other_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for place in pycountry.countries:
        for kind in ("name", "official_name", "common_name"):
            if name := getattr(place, kind, None):
                names[str(name)] = place.alpha_2
    return names | {line.name.rstrip("*"): line.code for line in NAMING_TABLE}


PLACE_NAMES: Final[dict[str, str]] = _other_names()
"""Every English name that ISO 3166-1 gives a place, short, official and common, to its code."""


def name_of_topic(code: str) -> str:
    """The readable name of a topic; a code that is not listed comes back as written."""
    return TOPICS.get(code, code)


def name_of_action_type(code: str) -> str:
    """The readable name of an action type; a code that is not listed comes back as written."""
    return ACTION_TYPES.get(code, code)
