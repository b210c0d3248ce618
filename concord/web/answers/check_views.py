"""Check before you hand in, behind a link: an idea or a draft compared with what is published and with what
the link's organisation reports. Answered at once, and not kept."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from concord.analysis.services.checking import check_in_public
from concord.intake.drafts import drafts_in
from concord.intake.formats.parts import UnreadableFile
from concord.intake.queries.links import organisation_of, person_of, reported_behind
from concord.intake.services import answers
from concord.intake.template import action_cells
from concord.kernel import clock
from concord.kernel.errors import BadInput, NotFound
from concord.plan.queries import naming_table
from concord.web.answers.asked_views import framework_asked_in
from concord.web.answers.check_page import LinkCheckPage, new_rows, results_behind, say_compared, say_left_out
from concord.web.answers.page import TYPED
from concord.web.answers.passage import behind_a_link
from concord.web.idea_form import CheckForm
from concord.web.idea_page import asked_of, in_order
from concord.web.places import Places
from concord.web.published import texts_in_force

if TYPE_CHECKING:
    from concord.analysis.services.checking import Idea
    from concord.intake.drafts import Draft
    from concord.intake.models import Link
    from concord.plan.models import Framework

HAND_IN = "hand-in"


@sensitive_post_parameters()
@behind_a_link
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, link: Link) -> HttpResponse:
    """The form, and below what was found. Nothing is written, and no text is logged, before "hand in"."""
    framework = _framework(link)
    places = Places(naming_table(framework))
    page = _empty(link, framework, places)
    if request.method != "POST":
        return _show(request, CheckForm(places=places), page)
    form = CheckForm(request.POST, request.FILES, places=places)
    if form.is_valid():
        try:
            if request.POST.get("do") == HAND_IN and page.takes_files:
                return _handed_in(link, form)
            page = _checked(link, framework, form, page, places)
        except UnreadableFile as error:
            form.add_error("file", f"{error.message} {error.remedy}")
        except BadInput as error:
            form.add_error("file" if form.cleaned_data["file"] else "title", str(error))
    return _show(request, form, page)


def _framework(link: Link) -> Framework:
    """Where what the link is about stands.

    Raises:
        NotFound: the link is neither of a call nor of a question that still takes replies.
    """
    if link.invitation is not None:
        return link.invitation.call.plan.framework
    if link.asking_key:
        return framework_asked_in(link)
    raise NotFound("This link is for something else.")


def _empty(link: Link, framework: Framework, places: Places) -> LinkCheckPage:
    return LinkCheckPage(
        organisation=organisation_of(link).name,
        secretariat=framework.secretariat.name,
        nothing=_(
            "Nothing that is published or that your organisation reports is like this idea, and no published "
            "need asks for it. Write more about it, or choose beneficiaries and topics, and check again."
        ),
        takes_files=link.invitation is not None,
        footnote=places.footnote,
    )


def _show(request: HttpRequest, form: CheckForm, page: LinkCheckPage) -> HttpResponse:
    context = {"form": form, "page": page, "kosovo_footnote": page.footnote, "hand_in": HAND_IN}
    return render(request, "answers/check.html", context, status=422 if form.errors else 200)


def _checked(
    link: Link, framework: Framework, form: CheckForm, page: LinkCheckPage, places: Places
) -> LinkCheckPage:
    own, texts = reported_behind(link, framework), texts_in_force(framework)
    left_out = 0

    def read(name: str, content: bytes) -> list[Draft]:
        nonlocal left_out
        fresh, left_out = new_rows(drafts_in(name, content, framework, actor=person_of(link)), own)
        if not fresh:
            raise BadInput(
                _("Every row says what already stands. Add a row, or change one, and check again.")
            )
        return fresh

    checking, rows = asked_of(
        form,
        lambda ideas: check_in_public(ideas, framework, texts.published, own, on=clock.now().date()),
        read,
    )
    found = results_behind(checking, link, texts, own, places)
    return replace(
        page,
        compared=say_compared(checking, texts, own.count()),
        results=in_order(rows, found),
        left_out=say_left_out(left_out),
        typed=page.takes_files and not form.cleaned_data["file"],
    )


def _handed_in(link: Link, form: CheckForm) -> HttpResponse:
    """What was typed, handed in like a file with one row: it is shown again before it counts.

    Raises:
        BadInput: only a file was chosen; UnreadableFile: as for every file.
    """
    if not form.cleaned_data["title"]:
        raise BadInput(_("A file is handed in on the page of your actions. Choose it there again."))
    receipt = answers.hand_in_file(link, file_name=TYPED, content=_as_file(form.idea), at=clock.now())
    if receipt.input is None:
        raise BadInput(_("This was handed in before."))
    return redirect("answers:file", receipt.input.key)


def _as_file(idea: Idea) -> bytes:
    """An idea as a row of Concord's own template."""
    parts = [("donor", name) for name in idea.donors] + [("implementer", name) for name in idea.implementers]
    values = {
        "title": idea.title,
        "summary": idea.summary,
        "beneficiaries": idea.beneficiaries,
        "topics": idea.topics,
        "action_types": idea.action_types,
        "start": idea.start,
        "end": idea.end,
        "participations": [{"role": role, "as_written": name, "organisation": None} for role, name in parts],
    }
    cells = action_cells(values)
    if idea.amount is not None:
        cells |= {"budget_amount": str(idea.amount), "budget_currency": idea.currency}
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=list(cells))
    writer.writeheader()
    writer.writerow(cells)
    return out.getvalue().encode()
