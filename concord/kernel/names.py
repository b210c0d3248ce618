"""Comparing names as people write them."""

import unicodedata

# Letters that carry a stroke or a ligature instead of a combining mark, so that NFKD leaves them whole.
_STROKES = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛ʼ´`", "'") | dict.fromkeys("“”„‟«»", '"'))


# Serbian, Montenegrin, Bosnian and Macedonian letters as their languages write them in Latin script.
_CYRILLIC = {
    "а": "a", "б": "b", "в": "v", "г": "g", "д": "d", "ђ": "đ", "е": "e", "ж": "ž", "з": "z", "и": "i",
    "ј": "j", "к": "k", "л": "l", "љ": "lj", "м": "m", "н": "n", "њ": "nj", "о": "o", "п": "p", "р": "r",
    "с": "s", "т": "t", "ћ": "ć", "у": "u", "ф": "f", "х": "h", "ц": "c", "ч": "č", "џ": "dž", "ш": "š",
    "ѓ": "gj", "ќ": "kj", "ѕ": "dz", "ѐ": "e", "ѝ": "i",
}  # fmt: skip
_TO_LATIN = str.maketrans(
    _CYRILLIC | {letter.upper(): latin.capitalize() for letter, latin in _CYRILLIC.items()}
)


def latin(text: str) -> str:
    """The text with the Cyrillic letters of the region in Latin script; all else stays as it is.

    For comparing words that are written in both scripts ("Назив пројекта" is "Naziv projekta").

    Source: the Serbian standard SRPS SR 1; for Macedonian the transliteration of its passports.
    """
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", text).translate(_TO_LATIN)


def fold(text: str) -> str:
    """The text without what people vary when they write a name: for comparing, never for showing.

    Case, spaces at the ends and doubled inside, diacritics ("š" is "s", "đ" is "d"), the kind of
    dash and quotation mark and invisible characters are evened out; a dash counts as a space.
    Empty in, empty out. Other scripts stay in their script.
    """
    if text.isascii():  # most names, and a twentieth of the time
        return " ".join(text.casefold().replace("`", "'").replace("-", " ").split())
    lowered = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES).translate(_QUOTES)
    kept = (_evened(character) for character in unicodedata.normalize("NFKD", lowered))
    return " ".join("".join(kept).split())


def _evened(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Pd" or character == "−":
        return " "
    return "" if category in {"Mn", "Cf"} else character
