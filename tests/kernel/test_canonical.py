"""The canonical bytes of a value."""

from decimal import Decimal
from enum import StrEnum

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from concord.kernel.canonical import canonical_bytes, sha256_hex
from concord.kernel.errors import BadInput


def test_the_order_of_keys_makes_no_difference():
    assert canonical_bytes({"b": 1, "a": [True, None]}) == canonical_bytes({"a": [True, None], "b": 1})
    assert canonical_bytes({"b": 1, "a": [True, None]}) == b'{"a":[true,null],"b":1}'


def test_decimals_keep_their_digits_as_strings():
    assert canonical_bytes([Decimal("750000.00"), Decimal("1E+3")]) == b'["750000.00","1000"]'


def test_tuples_are_lists_and_enum_members_their_values():
    class Colour(StrEnum):
        RED = "red"

    assert canonical_bytes({Colour.RED: (1, Colour.RED)}) == b'{"red":[1,"red"]}'


def test_text_is_written_as_utf8():
    assert canonical_bytes("Đorđe") == '"Đorđe"'.encode()


@pytest.mark.parametrize(
    "value",
    [{1: "a"}, {"a", "b"}, object(), float("nan"), float("inf"), 2**60, "\ud800", Decimal("NaN"), b"bytes"],
)
def test_what_json_cannot_hold_is_refused(value):
    with pytest.raises(BadInput):
        canonical_bytes(value)


def test_the_fingerprint_is_sha_256():
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


SIMPLE = st.none() | st.booleans() | st.text() | st.integers(-(2**53) + 1, 2**53 - 1)
JSON = st.recursive(
    SIMPLE | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(JSON)
def test_the_short_way_writes_what_the_library_writes(value):
    """Control characters, quotes, keys and text beyond the basic plane: byte for byte the same."""
    assert canonical_bytes(value) == rfc8785.dumps(value)
