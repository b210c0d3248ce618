"""Training the model of relations from what people answered, and choosing which model analysis uses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from concord.accounts.queries import Actor, require
from concord.accounts.rules import Permission
from concord.accounts.scope import ANYWHERE
from concord.analysis import kept_models
from concord.analysis.kept_models import Kept
from concord.analysis.learning import Judge, Learnt, learn
from concord.analysis.quality import SEED, Material
from concord.analysis.queries.labels import own_labels
from concord.audit.events import EventName
from concord.audit.services import record
from concord.engine.schemas import actions_table


@dataclass(frozen=True, slots=True)
class Trained:
    """What training came to. kept: None on a trial; left_out: answers whose actions changed since."""

    learnt: Learnt
    kept: Kept | None
    in_use: bool
    left_out: int


def train(
    material: Material,
    *,
    judge: Judge,
    seed: int = SEED,
    only_try: bool = False,
    use_anyway: bool = False,
    by: Actor,
    at: datetime,
) -> Trained:
    """Trains from the shipped labels and this installation's own answers, and takes the model into use.

    It is kept either way, but a model that makes a figure of the shipped test set worse is taken into use
    only with `use_anyway`. `only_try`: nothing is kept.

    Raises:
        NotPermitted: `by` may not change the framework. BadInput: too few answers, or no shipped labels.
    """
    who = require(by, Permission.MANAGE_FRAMEWORK, within=ANYWHERE)
    own = own_labels()
    learnt = learn(material, actions_table(own.actions), own.pairs, seed=seed, judge=judge)
    if only_try:
        return Trained(learnt, None, in_use=False, left_out=own.left_out)
    taken = use_anyway or not learnt.worse
    model = kept_models.keep(learnt.model, own.pairs)
    with transaction.atomic():
        record(
            EventName.MODEL_TRAINED,
            actor=who,
            about=_about(model.name),
            at=at,
            own=learnt.own,
            worse=learnt.worse,
        )
        if taken:
            record(EventName.MODEL_CHOSEN, actor=who, about=_about(model.name), at=at)
            kept_models.choose(model.name)
    return Trained(learnt, model, in_use=taken, left_out=own.left_out)


@transaction.atomic
def choose_model(name: str, *, by: Actor, at: datetime) -> None:
    """Takes a model that was trained here into use, or the shipped one again. The next analysis uses it.

    Raises:
        NotPermitted; NotFound: there is no model of this name. BadInput: this release cannot use it.
    """
    who = require(by, Permission.MANAGE_FRAMEWORK, within=ANYWHERE)
    record(EventName.MODEL_CHOSEN, actor=who, about=_about(name), at=at)
    kept_models.choose(name)


def _about(name: str) -> tuple[str, str]:
    return ("model", name)
