"""What the component page shows: the states of each component, and six whole pages."""

from collections.abc import Callable
from dataclasses import dataclass

from concord.web.samples import intake, members, plan, small
from concord.web.samples.document import Values


@dataclass(frozen=True, slots=True)
class Specimen:
    """A whole page of the component page: its title, template and contents."""

    title: str
    template: str
    context: Callable[[], Values]


SPECIMENS: dict[str, Specimen] = {
    "plan": Specimen("the plan", "specimens/plan.html", plan.plan_page),
    "action": Specimen("an action", "specimens/action.html", plan.action_page),
    "needs": Specimen("needs and support", "specimens/needs.html", members.needs_page),
    "desk": Specimen("my desk", "specimens/desk.html", members.desk_page),
    "import": Specimen("import preview", "specimens/import.html", members.import_page),
    "coordinate": Specimen("to be coordinated", "specimens/coordinate.html", members.coordinate_page),
}


def states_of(name: str) -> list[tuple[str, Values]]:
    """The states of a component: a label and the values it is given. Empty for an unknown component."""
    known = {**small.states(), **plan.states(), **members.states(), **intake.states()}
    return known.get(name, [])
