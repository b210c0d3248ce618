"""Countries as written in records -> their letter codes, so that one country's records can meet."""
# ruff: noqa: E501  word lists read better in long lines

from __future__ import annotations

import re
from functools import cache, lru_cache

from concord.engine.texts import plain
from concord.kernel.codelists import PLACE_NAMES, PLACES

_SMALL = frozenset(
    [
        "the",
        "of",
        "republic",
        "federal",
        "democratic",
        "people",
        "peoples",
        "s",
        "kingdom",
        "state",
        "plurinational",
        "islamic",
        "arab",
        "and",
        "former",
        "fyr",
        "yugoslav",
        "federation",
        "united",
        "socialist",
        "union",
        "d",
        "rep",
    ]
)
#: Names that ISO 3166-1 does not give, in English, French, Spanish and Portuguese.
_ALSO = {
    "dr congo": "CD", "congo dr": "CD", "drc": "CD", "drk": "CD", "rdc": "CD", "congo democratic republic": "CD",
    "congo kinshasa": "CD", "republique democratique du congo": "CD", "congo": "CG", "congo republic": "CG",
    "congo brazzaville": "CG", "congo cg": "CG", "congo cd": "CD", "ivory coast": "CI", "cote divoire": "CI", "cote d ivoire": "CI", "costa de marfil": "CI",
    "c te divoire": "CI", "cate divoire": "CI", "swaziland": "SZ", "cape verde": "CV", "cabo verde": "CV", "burma": "MM", "myanmar": "MM",
    "east timor": "TL", "timor leste": "TL", "timor": "TL", "russia": "RU", "laos": "LA", "lao pdr": "LA", "lao": "LA",
    "viet nam": "VN", "vietnam": "VN", "syria": "SY", "iran": "IR", "korea south": "KR", "south korea": "KR",
    "korea north": "KP", "north korea": "KP", "korea": "KR", "palestine": "PS", "west bank gaza": "PS",
    "palestinian territory": "PS", "palestinian territory occupied": "PS", "palestinian administered areas": "PS",
    "palestinian territories": "PS", "west bank": "PS", "gaza": "PS", "macedonia": "MK", "north macedonia": "MK",
    "kosovo": "XK", "bosnia": "BA", "bosnia herzegovina": "BA", "kyrgyz": "KG", "kyrgyzstan": "KG", "slovak": "SK",
    "czech": "CZ", "yemen": "YE", "egypt": "EG", "gambia": "GM", "tanzania": "TZ", "moldova": "MD", "bolivia": "BO",
    "venezuela": "VE", "micronesia": "FM", "brunei": "BN", "turkey": "TR", "turkiye": "TR", "cape verde islands": "CV",
    "sao tome principe": "ST", "sao tome": "ST", "st lucia": "LC", "saint lucia": "LC", "st vincent grenadines": "VC",
    "usa": "US", "america": "US", "uk": "GB", "great britain": "GB", "serbia montenegro": "RS", "hong kong": "HK",
    "espana": "ES", "mexique": "MX", "bresil": "BR", "brasil": "BR", "perou": "PE", "colombie": "CO", "haiti": "HT",
    "maroc": "MA", "marruecos": "MA", "marrocos": "MA", "tunisie": "TN", "algerie": "DZ", "argelia": "DZ", "tchad": "TD",
    "cameroun": "CM", "camerun": "CM", "centrafrique": "CF", "republique centrafricaine": "CF", "central african": "CF",
    "guinee": "GN", "guinee bissau": "GW", "guinea bissau": "GW", "guinea ecuatorial": "GQ", "mauritanie": "MR",
    "ouganda": "UG", "rwanda": "RW", "ruanda": "RW", "ethiopie": "ET", "etiopia": "ET", "mozambique": "MZ",
    "mocambique": "MZ", "afrique du sud": "ZA", "south africa": "ZA", "south sudan": "SS", "soudan": "SD", "sudan": "SD",
    "zambie": "ZM", "tanzanie": "TZ", "comores": "KM", "egypte": "EG", "egipto": "EG", "egito": "EG", "liban": "LB",
    "libano": "LB", "jordanie": "JO", "jordania": "JO", "irak": "IQ", "iraq": "IQ", "inde": "IN", "chine": "CN",
    "philippines": "PH", "filipinas": "PH", "cambodge": "KH", "camboya": "KH", "nepal": "NP", "bangladesh": "BD",
    "china": "CN", "honduras": "HN", "nicaragua": "NI", "dominican republic": "DO", "republica dominicana": "DO",
    "nigeria": "NG", "niger": "NE", "somalia": "SO", "somalie": "SO", "somaliland": "SO", "puntland": "SO",
    "papua new guinea": "PG", "trinidad tobago": "TT", "antigua barbuda": "AG",
    "netherlands antilles": "AN", "georgia": "GE", "samoa": "WS", "western samoa": "WS", "burkina": "BF", "burma myanmar": "MM",
    "libyan arab jamahiriya": "LY", "libya": "LY", "saint kitts nevis": "KN", "dprk": "KP", "dominican rep": "DO",
}  # fmt: skip
_TELLING = frozenset({"congo", "korea", "dominican", "african", "arab"})
_WORD = re.compile(r"[a-z]+")
#: Names that hold a separator, or say by a second part which of two countries is meant.
_TWO_PARTS = (
    (re.compile(r"\bcongo,? (the )?dem\w*\.? rep\w*\.?( of)?( the)?"), "dr congo"),
    (re.compile(r"\bdem\w*\.? rep\w*\.? (of )?(the )?congo"), "dr congo"),
    (re.compile(r"\bkorea,? (the )?democratic people'?s republic( of)?"), "north korea"),
    (re.compile(r"\bdemocratic people'?s republic of korea"), "north korea"),
    (
        re.compile(
            r"\b(bosnia|antigua|trinidad|serbia|west bank|kitts|wallis|turks|sao tome) (and|&) (the )?"
        ),
        r"\1 ",
    ),
    (re.compile(r"\bst\. "), "saint "),
)
_BETWEEN = re.compile(r"[,;/|&+]|\band\b|\bet\b")


@lru_cache(maxsize=50_000)
def countries_of(text: str | None) -> frozenset[str]:
    """The codes of the countries that a cell names; none where it names a region, nothing, or what is not known.

    "Congo, The Democratic Republic Of The" is CD; "Kenya, Uganda" are two; "Regional" is none.
    """
    if not text or not text.strip():
        return frozenset()
    names, key = _names(), _key(text)
    if key in names:
        return frozenset([names[key]])
    said = plain(text)
    for pattern, name in _TWO_PARTS:
        said = pattern.sub(name, said)
    found = {_one(part) for part in _BETWEEN.split(said)}
    return frozenset(code for code in found if code)


def _one(text: str) -> str:
    key = _key(text)
    return _names().get(key, "") or _names().get(_bare(key), "")


def _key(text: str) -> str:
    return " ".join(_WORD.findall(plain(text).replace("'", "")))


def _bare(key: str) -> str:
    """Without what official names add; order of the words does not matter."""
    words = set(key.split())
    return " ".join(sorted(words - _SMALL)) if not words & _TELLING else key


@cache
def _names() -> dict[str, str]:
    names: dict[str, str] = {}
    for name, code in PLACE_NAMES.items():
        key = _key(name)
        names.setdefault(key, code)
        if bare := _bare(key):
            names.setdefault(bare, code)
    names |= {code.lower(): code for code in PLACES}
    for name, code in _ALSO.items():
        names[name] = code
        names.setdefault(" ".join(sorted(name.split())), code)
    return names


@cache
def words_of(code: str) -> frozenset[str]:
    """The words of a country's names, and its letter code: what a title repeats of the country column."""
    found = {word for name, other in _names().items() if other == code for word in name.split()}
    return frozenset(found - _TELLS_MORE | {code.lower()})


_TELLS_MORE = frozenset(
    {"new", "south", "north", "west", "east", "central", "water", "security", "social", "state"}
)
