"""Permanent keys of records: random, short enough to read out, without letters that look alike."""

import secrets

# Crockford's base32: no I, L, O or U. Source: https://www.crockford.com/base32.html
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = (
    8  # 40 bits: a thousand records have one chance in two million of a clash, which the database refuses
)


def new_key() -> str:
    """A new random key of 8 upper-case characters. Never derived from a counter, so gaps tell nothing."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_key(text: str) -> bool:
    """Whether the text has the form of a key, exactly as Concord writes it (upper case, no spaces)."""
    return len(text) == LENGTH and all(character in ALPHABET for character in text)
