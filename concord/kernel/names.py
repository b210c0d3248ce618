"""Comparing names as people write them."""

import unicodedata

# Letters that carry a stroke or a ligature instead of a combining mark, so that NFKD leaves them whole.
_STROKES = str.maketrans(
    {"đ": "d", "ð": "d", "ł": "l", "ø": "o", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
_QUOTES = str.maketrans(dict.fromkeys("‘’‚‛ʼ´`", "'") | dict.fromkeys("“”„‟«»", '"'))


def fold(text: str) -> str:
    """The text without what people vary when they write a name: for comparing, never for showing.

    Case, spaces at the ends and doubled inside, diacritics ("š" is "s", "đ" is "d"), the kind of
    dash and quotation mark and invisible characters are evened out; a dash counts as a space.
    Empty in, empty out. Other scripts stay in their script.
    """
    lowered = unicodedata.normalize("NFKD", text).casefold().translate(_STROKES).translate(_QUOTES)
    kept = (_evened(character) for character in unicodedata.normalize("NFKD", lowered))
    return " ".join("".join(kept).split())


def _evened(character: str) -> str:
    category = unicodedata.category(character)
    if category == "Pd" or character == "−":
        return " "
    return "" if category in {"Mn", "Cf"} else character
