"""What everybody may read of a framework: its texts in force, as pages behind links compare and show them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from concord.analysis.published import Published
from concord.kernel.canonical import sha256_hex
from concord.publication.queries import editions_in_force, text_of
from concord.web.idea_page import Known, say_period

if TYPE_CHECKING:
    from concord.plan.models import Framework
    from concord.web.places import Places

Record = Mapping[str, Any]

TAKING_PART = ("donor", "implementer", "lead", "partner")


@dataclass(frozen=True, slots=True)
class Texts:
    """The texts in force of a framework: their records, and the plan (ref) that each is read in.

    An action that stands in several texts is taken from the one that came into force last. bodies: the
    organisations that the texts name, which have a public page.
    """

    published: Published
    plan_of: Mapping[str, str] = field(default_factory=dict)
    bodies: frozenset[str] = frozenset()

    def action(self, key: str, places: Places) -> Known:
        """A published action with its public page."""
        record = self.published.actions[key]
        about = [
            record.get("reporting_organisation") or "",
            places.shorts(record.get("beneficiaries") or ()),
            say_period(record.get("start") or "", record.get("end") or ""),
        ]
        parts = [part for part in record.get("participations") or () if part.get("role") in TAKING_PART]
        bodies = {
            part["name"]: self.page_of(part.get("organisation") or "") for part in parts if part.get("name")
        }
        return Known(
            record["title"],
            reverse("in-force:action", args=[self.plan_of[key], key]),
            "; ".join(part for part in about if part),
            tuple(bodies.items()),
        )

    def need(self, key: str, places: Places) -> Known:
        """A published need with its public page."""
        record = self.published.needs[key]
        codes = [place["code"] for place in record.get("beneficiaries") or ()]
        page = reverse("in-force:need", args=[self.plan_of[key], key])
        return Known(record["statement"], page, places.shorts(codes))

    def page_of(self, organisation_key: str) -> str:
        """The public page of an organisation, "" where no text names it."""
        named = organisation_key in self.bodies
        return reverse("organisation", args=[organisation_key]) if named else ""

    @property
    def called(self) -> str:
        """What an idea is compared with, besides one's own actions."""
        return _("what is published") if self.plan_of else _("nothing published yet")


def texts_in_force(framework: Framework) -> Texts:
    """What is published of a framework today."""
    editions = [each for each in editions_in_force() if each.plan.framework_id == framework.pk]
    editions.sort(key=lambda each: (each.in_force_from, each.published_at, each.pk))
    actions: dict[str, Record] = {}
    needs: dict[str, Record] = {}
    plan_of: dict[str, str] = {}
    bodies: set[str] = set()
    for edition in editions:
        text = text_of(edition)
        pillar = text.plan.get("pillar")
        actions |= {
            key: {**record, "pillars": [pillar] if pillar else []}
            for key, record in text.action_by_key.items()
        }
        needs |= text.need_by_key
        plan_of |= dict.fromkeys((*text.action_by_key, *text.need_by_key), text.ref)
        bodies |= set(text.organisations)
    name = sha256_hex("\n".join(each.sha256 for each in editions).encode())
    return Texts(Published(framework.ref, name, actions, needs), plan_of, frozenset(bodies))
