"""Words of the field: places, whom an action works with, what it does. Read from texts by whole words."""
# ruff: noqa: E501  word lists read better in long lines

from __future__ import annotations

from functools import lru_cache

from concord.engine.texts import plain
from concord.engine.wordlists import WordLists

#: Topics so wide that two actions may both bear them and still have nothing to talk about.
#: Source: relations-protocol.md, "a broad theme in common is not enough"; chosen by reading the labelled pairs.
BROAD_TOPICS = frozenset(
    """
    organised-crime criminal-justice police-cooperation prosecution judiciary information-exchange other
    gender youth police-reform corruption migration terrorism customs
    """.split()  # noqa: SIM905  (fifty literals read worse)
)
_ALL_SIX = frozenset({"AL", "BA", "XK", "ME", "MK", "RS"})
_PLACES: tuple[tuple[str, frozenset[str]], ...] = (
    (r"western balkan|westbalkan|zapadn\w+ balkan|ballkan\w* perendimor|south[- ]?east(ern)? europe|see region|six (partner|jurisdiction|econom|place)", _ALL_SIX),
    (r"albania|tirana|shkod|durres", frozenset({"AL"})),
    (r"bosnia|herzegovina|bih|sarajevo|republika srpska|banja luka|brcko", frozenset({"BA"})),
    (r"kosov|pristina|prishtina|gjilan|peja", frozenset({"XK"})),
    (r"montenegr|podgorica|crna gora|crnoj gori", frozenset({"ME"})),
    (r"macedonia|skopje|fyrom|makedonij", frozenset({"MK"})),
    (r"serbia|serbian|belgrade|beograd|srbij|novi pazar|presevo", frozenset({"RS"})),
)  # fmt: skip

#: Whom the work is done with or for. Source: read from the texts of the shipped compilation.
TARGETS: dict[str, str] = {
    "border police": r"border (police|guard|officer|control|service|offic|cross|agenc|authorit|checks?)",
    "police": r"police|law enforcement|investigator|detective",
    "prosecutors": r"prosecut",
    "judges": r"judge|judicia|court|magistrate|justice",
    "prison staff": r"prison|penitentiar|probation|detain|inmate|correction",
    "customs": r"customs|cargo|container|ports?\b",
    "ministries": r"ministr|lawmak|parliament|government|strateg",
    "municipalities": r"municipal|local council|local author|mayor|local (government|safety|self)",
    "schools": r"school|teacher|universit|student|curricul|pupil|education",
    "young people": r"\byoung|youth|peer",
    "civil society": r"civil society|ngos?\b|grassroots|cso|associations|communit",
    "faith": r"faith|religio|imam|islam|muslim|church",
    "women": r"women|gender|mothers|girls",
    "media": r"media|journalis|news outlet|online content|narrative",
    "migrants": r"migrant|refugee|asylum|unaccompanied|reception|displac",
    "returnees": r"returnee|repatriat|foreign (terrorist )?fighter|returning|reintegrat|families of",
    "victims": r"victim|survivor|witness",
    "financial intelligence": r"financial (intelligence|investigat)|money launder|banks?\b|asset|proceeds|fiu\b",
    "forensic laboratories": r"forensic|laborator|ballistic|dna\b|crime scene",
    "depots": r"depot|stockpile|storage|ammunition|munition|demilitari|ordnance|destruction|destroy",
    "cyber units": r"cyber|electronic evidence|digital|internet|online",
    "health and social workers": r"social work|psycho|mental health|health|frontline|first responder",
    "inspectors": r"inspector|inspection|regulator|audit",
    "armed forces": r"military|armed forces|defence|defense|army",
}
#: What the work consists of, finer than the ten action types.
MEANS: dict[str, str] = {
    "training": r"train|course|workshop|seminar|learn|teach|coach|exercise|curricul|study (visit|trip)|summer school",
    "equipment": r"equip|vehicle|scanner|device|hardware|software|microscope|boats?\b|camera|drone|supplies|donat|hand(s|ed|over)",
    "legislation": r"\blaws?\b|legisl|legal (framework|act|align|change)|bylaw|draft(ed|ing|s)|code\b|acquis|standards",
    "advice": r"advis|advice|mentor|expert|twinning|assist|consult|guidance|coaching",
    "institution": r"strateg|action plan|institution|procedure|reform|govern|unit set up|establish|sets? up",
    "operations": r"operation|joint (team|investig|patrol|action)|case work|investigations|patrol|deploy|raid|seiz",
    "networking": r"network|conference|coordinat|meeting|convene|platform|dialogue|cooperation|forum",
    "analysis": r"research|stud(y|ies)\b|analys|assessment|survey|mapping|focus group|monitor|data collection|matrix",
    "information systems": r"information system|databas|data exchange|interoperab|register|it system|exchange of information|biometr",
    "infrastructure": r"construct|build(s|ing)? (a|the|new)|renovat|reconstruct|refurbish|works\b|premises|centre built|facilit(y|ies)",
    "awareness": r"awareness|campaign|inform(s|ed)? the public|message|narrative|debate|tv\b|video|hotline",
    "grants": r"small grants?|sub-?grants?|grant(s|ees)?\b|call for proposals",
    "services": r"shelter|accommodation|food|medical|psychosoc|counsel|reception|humanitarian|protection of|rehabilit|reintegrat",
    "return": r"return of|readmission|voluntary return|repatriat|removal|removed",
}
#: What the work is about, finer than the topics.
SUBJECTS: dict[str, str] = {
    "firearms": r"firearm|weapon|small arms|salw|arms control|arms traffick|gun|pistol",
    "ammunition": r"ammunition|munition|ordnance|depot|stockpile|explosive",
    "violent extremism": r"extremis|radicalis|radicaliz|p/?cve|\bcve\b|\bpve\b",
    "terrorism": r"terror",
    "fighters": r"foreign (terrorist )?fighter|returnee|battlefield|returning from|repatriat",
    "prisons": r"prison|penitentiar|probation|detention|inmates",
    "trafficking": r"trafficking in (human|person)|human traffick|anti-?traffick|trafficking of (human|person|child)|counter-traffick",
    "smuggling": r"smuggl",
    "migration": r"migrat|migrant|refugee",
    "asylum": r"asylum|reception|international protection",
    "return": r"voluntary return|readmission|returns?\b of|removal",
    "borders": r"border|frontier|crossing point|\bibm\b",
    "documents": r"document (security|fraud|exam)|forged|impostor|identity|passport|travel document|biometr",
    "passenger data": r"passenger|pnr|\bapi\b",
    "drugs": r"drug|narcotic|cocaine|heroin|cannabis|precursor",
    "cyber": r"cyber|electronic evidence|internet",
    "money": r"money launder|terrorist financ|financial intelligence|aml|moneyval|economic crime",
    "assets": r"asset|proceeds|confiscat|seiz|financial investig",
    "corruption": r"corrupt|integrity|accountab|ethic",
    "organised crime": r"organi[sz]ed crime|serious crime|cross-border crime",
    "justice reform": r"justice (system|reform|sector)|judicial|courts?\b|efficien|magistrate",
    "prosecution": r"prosecut",
    "war crimes": r"war crime",
    "witnesses": r"witness",
    "forensics": r"forensic|dna\b|ballistic|crime scene|laborator",
    "customs": r"customs|container|cargo",
    "police reform": r"police (reform|service|force)|community policing|ministry of (the )?interior|internal control|human resource",
    "police cooperation": r"police cooperation|joint investigation|hot pursuit|europol|interpol|liaison|mutual legal",
    "intelligence-led": r"intelligence[- ]led|socta|threat assessment|risk analysis|criminal intelligence",
    "environment": r"environment|waste|wildlife|timber",
    "cbrn": r"cbrn|chemical|biological|nuclear|radiolog",
    "infrastructure protection": r"critical infrastructure|soft target|public space",
    "hate": r"hate (speech|crime)|toleran|intercultural|interethnic|interfaith",
    "youth": r"youth|young",
    "women": r"women|gender|femin",
    "online": r"online|social media|narrative|media literacy",
    "local": r"local|municipal|communit",
    "referral": r"referral|multi-?(agency|disciplinary)|case management",
    "rehabilitation": r"rehabilit|reintegrat|disengage|resociali",
    "vehicles": r"vehicle|stolen|car theft",
    "sports": r"sport|football|hooligan",
    "juveniles": r"juvenile|child|minor",
    "detention rights": r"ill-?treatment|torture|human rights|detained",
}
_BY_LIST: dict[str, dict[str, str]] = {
    "targets": TARGETS,
    "means": MEANS,
    "subjects": SUBJECTS,
    "places": {str(place): pattern for place, (pattern, _) in enumerate(_PLACES)},
}
#: All lists are asked at once, so that a text is cut into words once; a key is its list, a colon, its entry.
_LISTS = WordLists({f"{what}:{key}": word for what, words in _BY_LIST.items() for key, word in words.items()})
_MASKS = {
    what: sum(1 << place for place, key in enumerate(_LISTS.keys) if key.startswith(f"{what}:"))
    for what in _BY_LIST
}


@lru_cache(maxsize=50_000)
def places_in(text: str) -> frozenset[str]:
    """Codes of the places a text names; "Western Balkans" is all six; none named: empty."""
    named = [_PLACES[int(place)][1] for place in found_in(text, "places")]
    single = frozenset().union(*(codes for codes in named if codes is not _ALL_SIX))
    return single or (frozenset(_ALL_SIX) if named else frozenset())


def found_in(text: str, what: str) -> frozenset[str]:
    """Which entries of a word list ("targets", "means", "subjects") a text speaks of."""
    return _entries(_bits(text) & _MASKS[what])


@lru_cache(maxsize=20_000)
def _bits(text: str) -> int:
    return _LISTS.bits(plain(text))


@lru_cache(maxsize=50_000)
def _entries(bits: int) -> frozenset[str]:
    return frozenset(key.partition(":")[2] for key in _LISTS.named(bits))
