"""What titles call a programme, a phase and a part: the marks by which a reader ties two actions together."""
# ruff: noqa: E501  word lists read better in long lines

from __future__ import annotations

import re
from functools import lru_cache

from concord.engine.texts import plain

_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}
_ORDINAL = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6,
    "1st": 1, "2nd": 2, "3rd": 3, "4th": 4, "5th": 5, "6th": 6,
}  # fmt: skip
_PHASE = re.compile(r"\b(?:phase|faza|stage)\s*[-:]?\s*(i{1,3}|iv|vi{0,3}|ix|x|\d{1,2})\b")
#: "Fourth mission", "third-phase action", "second EU grant", "first three-year EU and Council of Europe action".
_ORDINAL_PHASE = re.compile(
    r"\b(" + "|".join(_ORDINAL) + r")[- ](?:[\w-]+ (?:of )?){0,5}?"
    r"(?:phase|round|edition|cycle|investment|mission|grant|facility|action|project|stage)\b"
)
#: The year of a donor's programme: "IPA 2013", "IPA/2017", "IPA2019", "IPA II 2016".
_CALL = re.compile(
    r"\b(?:ipa|cards|isf|amif)(?:[ /-]*(?:i{1,3}|national|regional|programme))*[ /-]*(20[0-3]\d)\b"
)
_TRAILING_ROMAN = re.compile(r"\b(?!IPA\b)[\w'’@&)]{2,}[ -]+(I{1,3}|IV|VI{0,3}|IX)\b(?!\w)")
_TRAILING_DIGIT = re.compile(r"\b(?!IPA\b|Project\b|project\b)[A-Za-z@]{3,}[- ]?(\d)(?:\.0)?\b(?![\d/.,-])")
_PLUS = re.compile(r"\b[A-Z]{4,}\+")
_NEXT = re.compile(
    r"\b(follow-?up|successor|continu\w+|next phase|builds? (?:up)?on|further|sequel|takes? over|second time)\b"
)
_BEFORE = re.compile(r"\b(predecessor|pilot|first phase|preparatory|inception|earlier)\b")
_PART = re.compile(
    r"\b(component|part of|share of|share in|under the|grants?|sub-?grants?|within the|delivery of|half of|module|"
    r"handover|hands? over|opening|workshop|meeting|conference|kick-?off|course|visit|one of)\b"
)
_NEWS = re.compile(
    r"\b(news|closing|halfway|half-way|mid-?term|final conference|progress|page|reports? on|press|account|notice|"
    r"description|view|looks? back|launch\w*|comes to a close|lists?|background|text on|as the)\b"
)
#: A name a programme goes by: iPROCEEDS, EURALIUS, CyberCrime@IPA, SPIDER WEB, MONDEM; or a contract number.
_MARK = re.compile(r"\b[a-z]?[A-Z][A-Za-z0-9]*[A-Z@][A-Za-z0-9@]*\b")
_CODE = re.compile(
    r"\b(?:[A-Z]{2,4}[/ ]?\d{2,4}[/ ]?[A-Z/ ]*\d+\w*|\d{4}/\d{3}-?\d{3}|\d{4}/\d{3,5}|[A-Z]{2}\d{2}IB\w+)\b"
)
_COMMON_MARKS = frozenset(
    """
    eu ipa ipaii un iom undp unodc osce coe unhcr unicef usaid bih giz bmz us usa uk sida sdc dg near
    cve pve pcve fyrom unscr salw seesac wb ngo ngos cso csos it ict echo icmpd ibm ct ctve api pnr thb
    who cbrn see icitap opdat inl
    """.split()  # noqa: SIM905  (fifty literals read worse)
)


@lru_cache(maxsize=100_000)
def phase_of(title: str, summary: str = "") -> int:
    """The phase number that a title (else a summary) states, 0 if none: "EURALIUS IV" -> 4, "iPROCEEDS-2" -> 2."""
    folded = plain(title)
    if found := _PHASE.search(folded):
        return _ROMAN.get(found[1]) or min(int(found[1]), 99)
    if found := _ORDINAL_PHASE.search(folded):
        return _ORDINAL[found[1]]
    if found := _TRAILING_ROMAN.search(title):
        return _ROMAN[found[1].lower()]
    if found := _TRAILING_DIGIT.search(title):
        return int(found[1])
    if _PLUS.search(title):
        return 2
    folded = plain(summary)
    if found := _PHASE.search(folded):
        return _ROMAN.get(found[1]) or min(int(found[1]), 99)
    if found := _ORDINAL_PHASE.search(folded):
        return _ORDINAL[found[1]]
    return 0


@lru_cache(maxsize=100_000)
def call_of(text: str) -> int:
    """The first year of a donor's programme that a text names ("IPA 2013"), 0 if none."""
    found = _CALL.search(plain(text))
    return int(found[1]) if found else 0


@lru_cache(maxsize=100_000)
def marks_of(text: str) -> frozenset[str]:
    """Programme names and contract numbers written in a text, folded; names of bodies and common words left out."""
    found = {plain(mark).rstrip("+") for mark in _MARK.findall(text)} - _COMMON_MARKS
    codes = {re.sub(r"[^a-z0-9]", "", plain(code)) for code in _CODE.findall(text)}
    return frozenset({mark for mark in found if len(mark) >= 3 and not mark.isdigit()} | codes)


def as_written(mark: str, text: str) -> str:
    """A folded mark as a text spells it: "iPROCEEDS"; in capitals where the text has it otherwise (a contract number)."""
    return next((found for found in _MARK.findall(text) if plain(found).rstrip("+") == mark), mark.upper())


def speaks_of_next(text: str) -> bool:
    """Whether the words say that this follows something earlier."""
    return bool(_NEXT.search(plain(text)))


def speaks_of_before(text: str) -> bool:
    """Whether the words say that this comes before something."""
    return bool(_BEFORE.search(plain(text)))


def speaks_of_part(text: str) -> bool:
    """Whether the words say that this is a part of something larger."""
    return bool(_PART.search(plain(text)))


def speaks_as_news(text: str) -> bool:
    """Whether the words tell of an action (news, a closing note) rather than being its description."""
    return bool(_NEWS.search(plain(text)))
