"""Fields of forms that pages of members and pages behind links share: texts as browsers send them, dates."""

from __future__ import annotations

from django import forms

from concord.kernel.dates import parse_date
from concord.kernel.errors import BadInput


class DayInput(forms.DateInput):
    """A day as browsers' own calendars take it, whatever the language of the page."""

    def __init__(self) -> None:
        super().__init__(attrs={"type": "date"}, format="%Y-%m-%d")


class LineField(forms.CharField):
    """One line of text; line breaks as browsers send them are evened out."""

    def to_python(self, value: object) -> str:
        """The text, stripped."""
        return str(super().to_python(value) or "").replace("\r\n", "\n")


class TextField(LineField):
    """Text of several lines."""

    def __init__(self, *, rows: int = 4, **options: object) -> None:
        super().__init__(widget=forms.Textarea(attrs={"rows": rows}), **options)  # type: ignore[arg-type]


class TitleField(TextField):
    """A title: room for a long one, and no line breaks in it."""

    def to_python(self, value: object) -> str:
        """The text with single spaces."""
        return " ".join(super().to_python(value).split())


class WhenField(LineField):
    """A date as precise as it is known: 2019, 02/2019 or 28.02.2019; kept as 2019, 2019-02, 2019-02-28."""

    def to_python(self, value: object) -> str:
        """The date's stored text, or empty.

        Raises:
            ValidationError: there is no such date.
        """
        text = super().to_python(value)
        if not text:
            return ""
        try:
            return parse_when(text)
        except BadInput as error:
            raise forms.ValidationError(str(error)) from error


def parse_when(text: str) -> str:
    """A date as people write it, in its stored form.

    Raises:
        BadInput: there is no such date.
    """
    return parse_date(text).text
