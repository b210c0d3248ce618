"""The form that takes a file in: where its rows go, whose they are, and the file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from concord.accounts.queries import near_names, organisations_of, resolve_name
from concord.accounts.rules import Permission
from concord.intake.arrivals import accepted_suffixes, arrival_of
from concord.intake.coming_back import given_out_to
from concord.intake.files import names_reporters
from concord.intake.formats.limits import FILE_BYTES, MEGABYTE
from concord.intake.formats.parts import Note, Sheets, UnreadableFile
from concord.intake.preview import Target
from concord.intake.queries import ENTRY
from concord.kernel.errors import BadInput
from concord.plan.queries import plans_visible_to, scope_of

if TYPE_CHECKING:
    from concord.accounts.models import Organisation
    from concord.intake.models import Input
    from concord.plan.models import Framework, Plan
    from concord.web.members.visit import Visit

ONE, MANY, SELF = "one", "many", "self"
USUAL_COLUMN = "reported_by"
FILES_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Arrived:
    """One file of an upload, taken out of the mail that brought it; notes: what is to be told of that."""

    upload: Any
    notes: tuple[Note, ...] = ()


class _SeveralFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    """One file or several; each is checked like one."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list) else [data]
        return [super(_FilesField, self).clean(each, initial) for each in given or [None]]


def target_said_in(sheets: Sheets, target: Target) -> Target:
    """The target of a file whose rows say whose they are: by their reporters, or by the workbook's mark.

    Raises:
        BadInput: they do not.
    """
    if (organisation := given_out_to(sheets.sheets, target.framework)) is not None:
        return Target(target.framework, target.plan, organisation)
    if not names_reporters(sheets):
        raise BadInput(
            _(
                "The rows of this file don’t say whose they are. Name the organisation, or the column"
                " that says it."
            )
        )
    return target


@dataclass(frozen=True, slots=True)
class Place:
    """Somewhere that rows can go: a framework, or one plan of it."""

    code: str
    text: str
    framework: Framework
    plan: Plan | None = None
    for_others: bool = False


def places_of(visit: Visit) -> list[Place]:
    """The frameworks and plans for which the person may hand something in, frameworks first."""
    places = []
    for framework in visit.frameworks:
        text = _("%(framework)s: each row in the plans of its pillars and dates") % {
            "framework": framework.acronym or framework.name
        }
        places.append(_place(visit, f"framework:{framework.ref}", text, framework))
    for plan in plans_visible_to(visit.person).select_related("framework__secretariat", "pillar__framework"):
        text = f"{plan.title}, {plan.starts_year}–{plan.ends_year}"
        places.append(_place(visit, f"plan:{plan.ref}", text, plan.framework, plan))
    return [
        place
        for place in places
        if any(
            visit.powers.may_ever(permission, within=scope_of(place.plan or place.framework))
            for permission in ENTRY
        )
    ]


def _place(visit: Visit, code: str, text: str, framework: Framework, plan: Plan | None = None) -> Place:
    others = visit.powers.can(Permission.ENTER_ON_BEHALF, within=scope_of(plan or framework))
    return Place(code, text, framework, plan, others)


class HandInForm(forms.Form):
    """Where, whose, and the files. `target` and `arrived` hold what was chosen once the form is valid."""

    where = forms.ChoiceField()  # its choices are the person's own
    whose = forms.ChoiceField(
        label=gettext_lazy("Whose rows these are"),
        widget=forms.RadioSelect,
        choices=[
            (ONE, gettext_lazy("All of one organisation")),
            (MANY, gettext_lazy("A master list: a column says whose each row is")),
            (SELF, gettext_lazy("The rows say it themselves: an IATI file, or a file that Concord made")),
        ],
        initial=ONE,
    )
    organisation = forms.CharField(
        label=gettext_lazy("Organisation"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Its name or acronym, as the register has it. For rows of one organisation."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    column = forms.CharField(
        label=gettext_lazy("Column that says whose each row is"),
        required=False,
        max_length=200,
        initial=USUAL_COLUMN,
        help_text=gettext_lazy("Its heading, as the file writes it. For a master list."),
    )
    file = _FilesField(
        label=gettext_lazy("The file, or several"),
        help_text=gettext_lazy(
            "A workbook (.xlsx, .xls, .ods), a Word document with tables (.docx), a CSV table, IATI (.xml),"
            " JSON, or the mail that brought one of them (.eml); up to 20 MB each. Several become"
            " one input each."
        ),
        widget=_SeveralFiles(attrs={"accept": ",".join(accepted_suffixes())}),
        allow_empty_file=True,  # the reader says more about an empty file than the form could
    )

    def __init__(self, *args: Any, visit: Visit, **values: Any) -> None:
        super().__init__(*args, **values)
        self._visit = visit
        self._places = {place.code: place for place in places_of(visit)}
        self.target: Target | None = None
        self.arrived: list[Arrived] = []
        self.fields["where"] = forms.ChoiceField(
            label=_("Where the rows go"),
            choices=[(place.code, place.text) for place in self._places.values()],
        )
        if not any(place.for_others for place in self._places.values()):
            self._keep_to_own()

    def _keep_to_own(self) -> None:
        """Who reports for organisations of their own chooses among them and has no master lists."""
        own = list(organisations_of(self._visit.person))
        del self.fields["whose"], self.fields["column"]
        self.fields["organisation"] = forms.ChoiceField(
            label=_("Organisation"), choices=[(body.name, str(body)) for body in own]
        )

    @property
    def rows_say_it(self) -> bool:
        """Whether the rows say whose they are, so that nobody names an organisation or a column."""
        return self.cleaned_data.get("whose") == SELF

    def clean_file(self) -> Any:
        """Refuses what is too large before it is read; takes each file out of the mail that brought it."""
        uploads = self.cleaned_data["file"]
        most = 1 if self.data.get("replaces") else FILES_AT_ONCE
        if len(uploads) > most:
            raise forms.ValidationError(
                ngettext(
                    "Choose %(most)d file, the one in place of the earlier.",
                    "Choose up to %(most)d files at once.",
                    most,
                )
                % {"most": most}
            )
        self.arrived = [_arrived(upload) for upload in uploads]
        return uploads

    def clean(self) -> dict[str, Any]:
        """Finds the organisation in the register; an unknown name is answered with near ones."""
        cleaned: dict[str, Any] = super().clean() or {}
        place = self._places.get(cleaned.get("where", ""))
        if place is None:
            return cleaned
        if cleaned.get("whose") == SELF:
            self.target = Target(place.framework, place.plan, None, USUAL_COLUMN)
            return cleaned
        if cleaned.get("whose") == MANY:
            if cleaned.get("column", "").strip():
                self.target = Target(place.framework, place.plan, None, cleaned["column"].strip())
            else:
                self.add_error("column", _("Write the heading of the column that says whose each row is."))
            return cleaned
        organisation = self._organisation(cleaned.get("organisation", ""))
        if organisation is not None:
            self.target = Target(place.framework, place.plan, organisation)
        return cleaned

    def _organisation(self, name: str) -> Organisation | None:
        if not name.strip():
            self.add_error("organisation", _("Write the name of the organisation whose rows these are."))
            return None
        found = resolve_name(name)
        if found is None:
            near = ", ".join(f"“{body}”" for body in near_names(name, limit=3))
            hint = (
                _("Did you mean %(names)s?") % {"names": near}
                if near
                else _("The secretariat can add it to the register.")
            )
            self.add_error("organisation", _("The register has no organisation of this name.") + " " + hint)
        return found


def _arrived(upload: Any) -> Arrived:
    if upload.size > FILE_BYTES:
        size, most = round(upload.size / MEGABYTE), FILE_BYTES // MEGABYTE
        raise forms.ValidationError(
            _("The file has %(size)d MB; %(most)d MB are the most. Split it and hand in each part.")
            % {"size": size, "most": most}
        )
    try:
        arrival = arrival_of(upload.name, upload.read())
    except UnreadableFile as error:
        raise forms.ValidationError(f"{error.message} {error.remedy}") from error
    upload.seek(0)
    if not arrival.notes:
        return Arrived(upload)
    return Arrived(SimpleUploadedFile(arrival.name, arrival.content), arrival.notes)


def initial_of(received: Input) -> dict[str, str]:
    """The form as it was filled for an earlier file: for handing in the mended one."""
    place = f"plan:{received.plan.ref}" if received.plan else f"framework:{received.framework.ref}"
    if received.organisation:
        return {"where": place, "whose": ONE, "organisation": received.organisation.name}
    return {"where": place, "whose": MANY, "column": received.org_column}
