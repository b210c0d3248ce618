"""What components ask of Python: the stylesheet's address, the time axis and its bars, lists of names."""

from collections.abc import Sequence

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from concord.web.stylesheet import stylesheet_address
from concord.web.timebar import Axis, Bar, axis_of, in_words, reckon_bar

register = template.Library()


@register.simple_tag
def stylesheet_url() -> str:
    """The address of the one stylesheet."""
    return stylesheet_address()


@register.simple_tag
def time_axis(starts: str | int, ends: str | int) -> Axis:
    """The common time axis of a plan: `{% time_axis plan.starts plan.ends as axis %}`."""
    return axis_of(starts, ends)


@register.simple_tag
def time_bar(start: str, end: str, axis: Axis) -> Bar:
    """The bar of one period on that axis: `{% time_bar action.start action.end axis as bar %}`."""
    return reckon_bar(start or "", end or "", axis)


@register.filter
def edtf(text: str) -> str:
    """A date as precise as stated, in words: "2019", "Feb 2019", "28 Feb 2019"."""
    return in_words(text or "")


@register.filter
def named_few(names: Sequence[str], limit: int = 2) -> str:
    """The first names and how many more there are: "Germany, UK and 3 others". Empty for none."""
    names = list(names or ())
    hidden = len(names) - limit
    if hidden <= 1:  # "and 1 other" is as long as the name it hides
        return ", ".join(names)
    more = ngettext("%(count)d other", "%(count)d others", hidden) % {"count": hidden}
    return _("%(names)s and %(more)s") % {"names": ", ".join(names[:limit]), "more": more}


@register.filter
def svg_drawing(text: str) -> SafeString:
    """The SVG element of a drawing made by the QR library, without the XML declaration, to stand in a page.

    Only for drawings that hold no text of people: a QR code is one path of numbers.
    """
    return mark_safe(text.partition("?>")[2] if text.startswith("<?xml") else text)  # noqa: S308
