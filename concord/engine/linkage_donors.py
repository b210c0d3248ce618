"""Donors and implementers as written in records -> the body meant, whatever the language and the desk."""
# ruff: noqa: E501  patterns read better in long lines

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from concord.engine.texts import plain

#: Bodies by what people call them in English, French, Spanish, Portuguese and German: a country stands for its
#: government, its aid agency and its embassy. Source: the DAC's list of donors and their agencies, our wording.
_BODIES: tuple[tuple[str, str], ...] = (
    ("world bank", r"world bank|ida|ibrd|international development association|international bank for reconstruction|banque mondiale|banco mundial|weltbank|aid association|bird|wb"),
    ("gef", r"gef|global environment\w* facility|fem|fmam"),
    ("asian development bank", r"asian? development bank|adb|asdb|banque asiatique|banco asiatico"),
    ("african development bank", r"african development (?:bank|fund)|afdb|bad|fad|banque africaine|banco africano"),
    ("inter-american development bank", r"inter ?american development bank|iadb|idb|bid|banco interamericano"),
    ("eu", r"european (?:union|commission|communit\w+|development fund)|eu|ec|echo|edf|union europeenne|commission europeenne|union europea|comision europea|uniao europeia|comissao europeia|ue"),
    ("united kingdom", r"united kingd?om|uk|dfid|department for international development|britain|british|royaume uni|reino unido|grossbritannien"),
    ("united states", r"united states|usa|us|usaid|u s a|etats unis|estados unidos|millennium challenge|mca|mcc|american government|office of foreign disaster|ofda"),
    ("sweden", r"sweden|swedish|sida|suede|suecia|schweden|sverige"),
    ("germany", r"germany|german|bmz|giz|gtz|kfw|kreditanstalt|deutsche|deutschland|allemagne|alemania|alemanha|bundesrepublik|inwent"),
    ("canada", r"canada|canadian|cida|acdi|canadiense|canadien\w*|kanada|department of foreign affairs trade and development|dfatd"),
    ("japan", r"japan\w*|jica|jbic|japon|japao"),
    ("norway", r"norway|norwegian|norad|norvege|noruega|norwegen|norge"),
    ("denmark", r"denmark|danish|danida|danemark|dinamarca|danmark"),
    ("netherlands", r"netherlands|dutch|pays bas|paises bajos|holanda|niederlande"),
    ("ireland", r"ireland|irish|irlande|irlanda"),
    ("switzerland", r"switzerland|swiss|sdc|deza|cosude|suisse|suiza|suica|schweiz"),
    ("belgium", r"belgium|belgian|dgdc?|btc|ctb|belgique|belgica|belgien"),
    ("france", r"france|french|afd|francaise?|francia|frankreich"),
    ("spain", r"spain|spanish|aecid?|espagne|espana|espanola?|espanha|spanien"),
    ("italy", r"italy|italian|italie|italia|italiana?|italien"),
    ("portugal", r"portugal|portuguese|camoes|ipad"),
    ("austria", r"austria|austrian|autriche|osterreich"),
    ("finland", r"finland|finnish|finlande|finlandia"),
    ("luxembourg", r"luxembourg\w*|luxemburg\w*"),
    ("australia", r"australian?|ausaid|dfat|australie"),
    ("new zealand", r"new zealand|nzaid|nouvelle zelande|nueva zelanda"),
    ("korea", r"korean?|koica|coree|corea"),
    ("china", r"china|chinese|chine"),
    ("taiwan", r"taiwan"),
    ("india", r"india"),
    ("brazil", r"brazil|brasil\w*|bresil"),
    ("undp", r"undp|united nations development program\w*|pnud|programme des nations unies pour le developpement|programa de las naciones unidas para el desarrollo"),
    ("unicef", r"unicef|united nations child\w*|infancia|children s fund|childrens fund|child\w*s fund"),
    ("unfpa", r"unfpa|fnuap|united nations populations? fund|fund for pop\w+"),
    ("who", r"who|oms|world health organi[sz]ation|organisation mondiale de la sante|pan american health|paho|ops"),
    ("wfp", r"wfp|pam|pma|world food program\w*|programme alimentaire mondial"),
    ("fao", r"fao|unfao|food (?:and )?agriculture\w*|agricultura y la alimentacion"),
    ("unhcr", r"unhcr|hcr|acnur|high commissioner for refugees"),
    ("ocha", r"ocha|unocha|coordination of humanitarian affairs|cerf|uncerf|central emergency response"),
    ("unaids", r"unaids|onusida|hiv aids"),
    ("unesco", r"unesco|educational scientific"),
    ("unep", r"unep|pnue|environment program\w*"),
    ("ilo", r"ilo|oit|bit|international labou?r"),
    ("iom", r"iom|oim|organi[sz]ation for migration"),
    ("unodc", r"unodc|office on drugs"),
    ("ifad", r"ifad|fida|fund for agricultural development"),
    ("ohchr", r"ohchr|high commissioner for human rights"),
    ("un habitat", r"un habitat|human settlements"),
    ("un women", r"un women|unifem|onu ?femmes|onu mujeres|fund for women"),
    ("gavi", r"gavi|vaccin\w+"),
    ("global fund", r"gfatm|global fund(?! for)|fonds mondial|fondo mundial"),
    ("peacebuilding fund", r"peace ?building|peace fund|pbf"),
    ("nordic development fund", r"nordic development"),
)  # fmt: skip
#: The keys of the bodies that the table above knows.
KNOWN = frozenset(key for key, _ in _BODIES)
_PATTERNS = tuple((key, re.compile(rf"\b(?:{pattern})\b")) for key, pattern in _BODIES)
_SEPARATORS = re.compile(r"[^a-z0-9]+")
_SMALL = re.compile(
    r"\b(the|of|and|government|embassy|ministry|de|la|du|des|republic|for|private investment)\b"
)
_NOBODY = frozenset(
    ["", "unspecified", "other", "to be specified", "not specified", "no especifica", "unknown", "information not available", "n a"]
)  # fmt: skip


@lru_cache(maxsize=200_000)
def bodies_of(name: str) -> frozenset[str]:
    """The bodies one written name means; "Embassy of Japan" and "JICA" are both `japan`.

    A name that no list knows stands for itself, folded; "unspecified" is nobody.
    """
    folded = _SEPARATORS.sub(" ", plain(name[:300])).strip()
    if folded in _NOBODY:
        return frozenset()
    known = frozenset(key for key, pattern in _PATTERNS if pattern.search(folded))
    own = _SEPARATORS.sub(" ", _SMALL.sub(" ", folded)).strip()
    return known or frozenset([own] if own else [])


def bodies_of_all(names: Iterable[str] | None) -> frozenset[str]:
    """The bodies of a list of names."""
    found: set[str] = set()
    for name in names or ():
        found |= bodies_of(name)
    return frozenset(found)
