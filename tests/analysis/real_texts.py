"""A small plan whose texts the real engine compares: two pairs that belong together, and something else."""

from concord.accounts.models import Organisation
from tests.analysis.world import World, a_need, an_action, build_world

BORDER = "Training of border police on forged documents in Albania"
LAB = "Ballistics laboratory of the police equipped and its examiners trained"
TEXTS = {
    1: (BORDER, "Courses for border police officers on document checks, forged passports and risk analysis."),
    2: (
        "Border police courses on forged documents",
        "Border police officers learn to detect forged passports.",
    ),
    3: (LAB, "Comparison microscopes for the ballistics laboratory; examiners learn marking and tracing."),
    4: (
        "Comparison microscopes for the ballistics laboratory",
        "The ballistics laboratory gets microscopes.",
    ),
    5: ("Summer school of short films", "Students of the academy show their films."),
}
NEED = "Border police officers need training on forged passports"


def real_world(secretariat: Organisation) -> World:
    """The plan with these five actions and one need; nothing is analysed yet."""
    built = build_world(secretariat)
    topics = {1: ["border-management"], 2: ["border-management"], 5: ["other"]}
    built.record(
        *(
            an_action(number, title, summary=summary, topics=topics.get(number, ["firearms"]))
            for number, (title, summary) in TEXTS.items()
        ),
        a_need(1, NEED, topics=["border-management"]),
    )
    return built
