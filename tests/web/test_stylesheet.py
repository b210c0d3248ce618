"""The one stylesheet, and the contrast of its tokens."""

import gzip
import re

import pytest

from concord.web.stylesheet import WEB, current_stylesheet, sheet_files, stylesheet_address

TEXT = ["ink", "ink-soft", "ink-faint", "accent", "accent-strong"]
SIGNALS = ["signal-unsupported", "signal-coordinate", "signal-double", "signal-synergy"]
ON = [("paper", TEXT + SIGNALS), ("paper-sunk", ["ink", "ink-soft", "accent", *SIGNALS])]
ON += [("accent-ground", ["ink", "ink-soft", "accent-strong", *SIGNALS]), ("accent", ["on-accent"])]
PAIRS = [(ground, colour) for ground, colours in ON for colour in colours]


def _tokens(scheme: str) -> dict[str, str]:
    text = (WEB / "static" / "concord" / "tokens.css").read_text(encoding="utf-8")
    light, dark = text.split("@media (prefers-color-scheme: dark)")
    dark = dark.split("@media")[0]
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", light))
    return found | dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6});", dark)) if scheme == "dark" else found


def _luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, other: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("ground", "colour"), PAIRS)
def test_text_has_enough_contrast(scheme, ground, colour):
    tokens = _tokens(scheme)

    assert _contrast(tokens[ground], tokens[colour]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("edge", ["rule-strong", "focus", "bar"])
def test_edges_of_controls_have_enough_contrast(scheme, edge):
    tokens = _tokens(scheme)

    assert _contrast(tokens["paper"], tokens[edge]) >= 3


def test_the_current_address_may_be_kept_for_ever(client):
    answer = client.get(stylesheet_address())

    assert answer["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in answer["Cache-Control"]
    assert b"--paper" in answer.content
    assert b".action-row" in answer.content


def test_an_address_of_an_earlier_release_gets_todays_sheet_for_a_minute(client):
    answer = client.get("/style/0123456789abcdef.css")

    assert answer.content == current_stylesheet().css
    assert answer["Cache-Control"] == "public, max-age=60"


def test_a_browser_that_unpacks_gets_it_packed(client):
    answer = client.get(stylesheet_address(), headers={"accept-encoding": "gzip"})

    assert gzip.decompress(answer.content) == current_stylesheet().css
    assert answer["Vary"] == "Accept-Encoding"


def test_no_sheet_fetches_anything():
    for path in sheet_files():
        assert not re.search(r"@import|url\(|@font-face", path.read_text(encoding="utf-8")), path.name
