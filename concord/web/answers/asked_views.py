"""Behind the link of a question: what the sources of a case are asked, and what one of them says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from concord.analysis import services
from concord.analysis.queries import put_to
from concord.intake.queries.links import organisation_of, person_of
from concord.kernel import clock
from concord.kernel.errors import BadInput, IllegalMove, NotFound
from concord.web.answers.passage import behind_a_link
from concord.web.asked import PutPage, ReplyForm, put_page

if TYPE_CHECKING:
    from concord.analysis.queries import PutToYou
    from concord.intake.models import Link
    from concord.plan.models import Framework

WAY = "link"


def landed_on_a_question(link: Link) -> PutPage:
    """What the first page of a link says of its question.

    Raises:
        NotFound: the question has ended, or one of its actions is no longer for all members.
    """
    return put_page(_put(link))


def asked(
    request: HttpRequest, link: Link, *, form: ReplyForm | None = None, status: int = 200
) -> HttpResponse:
    """The question, the actions side by side, and what can be said."""
    page = put_page(_put(link), form, done=request.GET.get("done", ""))
    context = {"page": page, "kosovo_footnote": page.footnote}
    return render(request, "answers/asked.html", context, status=status)


@behind_a_link
@require_POST
def reply(request: HttpRequest, link: Link) -> HttpResponse:
    """The organisation says something, or something else than before."""
    put = _put(link)
    form = ReplyForm(request.POST, sort=put.sort)
    if not form.is_valid():
        return asked(request, link, form=form, status=422)
    try:
        services.reply(put.source.source, **form.cleaned_data, way=WAY, by=person_of(link), at=clock.now())
    except BadInput as error:
        form.add_error(None, str(error))
        return asked(request, link, form=form, status=422)
    except IllegalMove as error:
        raise NotFound(str(error)) from error
    return _done("replied")


@behind_a_link
@require_POST
def take_back(_request: HttpRequest, link: Link) -> HttpResponse:
    """The organisation takes its reply back; twice is once."""
    put = _put(link)
    if put.source.reply is not None:
        try:
            services.take_back_reply(put.source.source, way=WAY, by=person_of(link), at=clock.now())
        except IllegalMove as error:  # it ended, or was withdrawn, in the same moment
            raise NotFound(str(error)) from error
    return _done("taken-back")


def framework_asked_in(link: Link) -> Framework:
    """The framework of the case that the link's organisation is asked about.

    Raises:
        NotFound: as `landed_on_a_question`.
    """
    return _put(link).asking.case.framework


def _put(link: Link) -> PutToYou:
    """What the link's organisation is asked, as long as it can say something."""
    body = organisation_of(link)
    found = put_to(link.asking_key, actor=person_of(link), on=clock.now().date()) if link.asking_key else []
    mine = [put for put in found if put.source.organisation.pk == body.pk and put.takes_replies]
    if not mine:
        raise NotFound("This link does not work.")
    return mine[0]


def _done(word: str) -> HttpResponse:
    return redirect(f"{reverse('answers:answer')}?done={word}")
