"""What forms of members' pages share: errors of services shown in them, texts as browsers send them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django import forms

from concord.kernel.errors import BadInput, IllegalMove
from concord.web.fields import DayInput, LineField, TextField, TitleField, WhenField, parse_when

__all__ = [
    "DayInput",
    "LineField",
    "TextField",
    "TitleField",
    "VersionForm",
    "WhenField",
    "parse_when",
    "told_in",
]


@contextmanager
def told_in(form: forms.Form) -> Iterator[None]:
    """What a service refuses for its content becomes an error of the form; other errors pass on."""
    try:
        yield
    except (BadInput, IllegalMove) as error:
        form.add_error(None, str(error))


class VersionForm(forms.Form):
    """The version of the record that the person read: what compare-and-set asks."""

    version = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2_147_483_647)
