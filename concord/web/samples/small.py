"""The states of the small components and of form fields."""

from django import forms
from django.core.paginator import Paginator

from concord.kernel.codelists import KOSOVO_FOOTNOTE
from concord.web.samples.document import AXIS, NAMING, States, text


class SampleForm(forms.Form):
    """One field of each kind, for the component page."""

    title = forms.CharField(label="Title", help_text="As the document that decided it says.")
    start = forms.CharField(label="Start", help_text="A year, a month or a day: 2019, 02/2019 or 28.02.2019.")
    status = forms.ChoiceField(
        label="Status", choices=[("", "not reported"), ("ongoing", "under way")], required=False
    )
    note = forms.CharField(label="Why", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    confirmed = forms.BooleanField(label="The organisation confirmed this by mail", required=False)
    kind = forms.ChoiceField(
        label="Whose rows are these?",
        choices=[("one", "All of one organisation"), ("many", "A column says whose each row is")],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(label="File", help_text="CSV or XLSX, up to 20 MB.")


def _form() -> SampleForm:
    return SampleForm(auto_id="sample_%s")


def _wrong_form() -> SampleForm:
    return SampleForm({"title": "", "start": "31.02.2019", "kind": "one"}, auto_id="wrong_%s")


def states() -> States:
    """The states of each small component: a label and the values it is given."""
    return {**_small_states(), **_form_states()}


def _small_states() -> States:
    signals = ["unsupported", "coordinate", "double", "synergy", "continuation"]
    shapes = [
        "met",
        "under-way-money-secured",
        "under-way-money-not-reported",
        "planned-only",
        "partly",
        "none-reported",
        "need-not-stated-for-that-year",
        "differs",
        "same",
    ]
    items = [
        {"text": "Plans", "href": "#", "current": True},
        {"text": "Needs and support", "href": "#"},
        {"text": "To be coordinated", "href": "#", "count": 14},
    ]
    return {
        "skip_link": [("seen when focused", {"href": "#main", "text": "Skip to the text"})],
        "nav_link": [
            ("a page", {"text": "Plans", "href": "#"}),
            ("this page", {"text": "Plans", "href": "#", "current": True}),
            ("with what waits", {"text": "To be coordinated", "href": "#", "count": 14}),
        ],
        "signed_in": [
            (
                "an officer",
                {
                    "person": {
                        "name": "A. Officer",
                        "roles": "secretariat officer",
                        "account": "#",
                        "sign_out": "#",
                    }
                },
            )
        ],
        "site_header": [
            ("", {"home": "#", "framework": "Integrative Internal Security Governance", "items": items})
        ],
        "site_footer": [
            ("", {"lines": ["Unknown is written “not reported”; it never means zero."], "links": items[:2]})
        ],
        "notice": [(one["label"], one["values"]) for one in text("notices")],
        "breadcrumb": [
            (
                "",
                {
                    "items": [
                        {"text": "Plans", "href": "#"},
                        {"text": "WBCSCi 2018–2020", "href": "#"},
                        {"text": "Action"},
                    ]
                },
            )
        ],
        "marking": [
            (label, {"label": label}) for label in ("TLP:CLEAR", "TLP:GREEN", "TLP:AMBER+STRICT", "TLP:RED")
        ],
        "state_tag": [("", {"state": state}) for state in signals],
        "shape": [(name, {"name": name}) for name in signals + shapes],
        "places": [
            ("two of six", {"naming": NAMING, "codes": ["AL", "MK"]}),
            ("all", {"naming": NAMING, "codes": [line["code"] for line in NAMING]}),
            ("not reported", {"naming": NAMING, "codes": []}),
        ],
        "time_axis": [("a plan 2018–2020", {"axis": AXIS})],
        "time_bar": [
            ("months known", {"start": "2018-09", "end": "2020-06", "axis": AXIS}),
            ("years only", {"start": "2018", "end": "2020", "axis": AXIS}),
            ("end not reported", {"start": "2019-03", "end": "", "axis": AXIS}),
            ("start not reported", {"start": "", "end": "2020-06-30", "axis": AXIS}),
            ("runs in and out", {"start": "2012-02", "end": "2024-10", "axis": AXIS}),
            ("outside the axis", {"start": "2025", "end": "2028", "axis": AXIS}),
            ("no dates", {"start": "", "end": "", "axis": AXIS}),
        ],
        "change_mark": [
            (change, {"change": change, "href": "#"}) for change in ("new", "changed", "moved", "withdrawn")
        ],
        "heading_level": [
            (
                "approach",
                {"level": 3, "kind": "Approach", "number": "2", "text": "Prevent", "id": "sample-prevent"},
            ),
            (
                "measure",
                {
                    "level": 4,
                    "kind": "Measure",
                    "number": "P1.3",
                    "text": "Safe stockpiles and fewer weapons in circulation",
                    "id": "sample-stockpiles",
                    "note": "5 actions; 1 need stated",
                },
            ),
        ],
        "footnote": [("", {"mark": "*", "text": KOSOVO_FOOTNOTE})],
        "empty_state": [
            (
                "with a next step",
                {
                    "text": "What waits for you will stand here: rows, findings, texts to confirm.",
                    "href": "#",
                    "link": "Import a file",
                },
            )
        ],
        "print_footer": [
            (
                "on paper only",
                {
                    "text": "WBCSCi integrative plan of action 2018–2020, version 1",
                    "marking": "TLP:CLEAR",
                    "href": "/plans/wbcsci-2018-2020/v1/",
                },
            )
        ],
        "progress": [
            (
                "known",
                {
                    "id": "sample-known",
                    "label": "Reading western-balkans-actions.csv",
                    "value": 212,
                    "max": 315,
                    "text": "212 of 315 rows",
                },
            ),
            (
                "unknown",
                {"id": "sample-unknown", "label": "Looking for relations", "text": "started just now"},
            ),
        ],
        "pagination": [
            (
                "in the middle",
                {
                    "page": Paginator(range(315), 50).page(3),
                    "query": "donor=eu&",
                    "sentence": "Actions 101 to 150 of 315",
                },
            ),
            (
                "one page",
                {
                    "page": Paginator(range(12), 50).page(1),
                    "sentence": "All 12 actions",
                    "label": "Pages of a short list",
                },
            ),
        ],
        "tabs": [
            (
                "",
                {
                    "label": "Parts of this plan",
                    "items": [
                        {"text": "The text", "href": "#", "current": True},
                        {"text": "Needs and support", "href": "#", "count": 44},
                        {"text": "Versions", "href": "#", "count": 2},
                    ],
                },
            )
        ],
        "button": [
            ("primary", {"text": "Publish version 3", "kind": "primary", "type": "button"}),
            ("quiet", {"text": "Show the comparison", "type": "button"}),
            ("can’t be undone", {"text": "Withdraw version 2", "kind": "grave", "type": "button"}),
            ("a link", {"text": "Import a file", "href": "#"}),
            ("with its key", {"text": "Undo", "type": "button", "key": "u"}),
        ],
    }


def _form_states() -> States:
    form, wrong = _form(), _wrong_form()
    wrong.add_error(
        "start", "There is no 31 February. Write the day as the source does, or the month alone: 02/2019."
    )
    fields: list[tuple[str, dict[str, object]]] = [
        (field.name, {"field": field, "optional": True}) for field in form
    ]
    fields.append(("wrong", {"field": wrong["start"]}))
    return {"field": fields, "error_summary": [("two problems", {"form": wrong, "still": True})]}
