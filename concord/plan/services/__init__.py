"""The only code that writes to the plan's tables."""

from concord.plan.services.amending import amend_action, amend_need, choose_statement
from concord.plan.services.confirming import (
    can_confirm_need,
    confirm_action,
    confirm_need,
    count_as_unconfirmed,
)
from concord.plan.services.freezing import freeze, number_version
from concord.plan.services.links import (
    confirm_link,
    confirm_links,
    link_actions,
    remove_link,
    state_need,
    unlink_actions,
)
from concord.plan.services.merging import merge_actions, undo_merge
from concord.plan.services.naming import (
    Identified,
    add_organisation_named,
    identify_name,
    keep_name,
    undo_name_answer,
)
from concord.plan.services.placing import place_action, place_need
from concord.plan.services.records import record_actions, record_needs
from concord.plan.services.setup import (
    BeneficiaryLine,
    MeasureLine,
    add_framework,
    add_pillar,
    add_plan,
    add_template,
    appoint_lead,
    set_confirming,
    set_mail_sender,
    set_profile,
)
from concord.plan.services.undoing import Obstacle, Undone, obstacles_to_undoing, undo_recording
from concord.plan.services.withdrawing import restore_action, withdraw_action

__all__ = [
    "BeneficiaryLine",
    "Identified",
    "MeasureLine",
    "Obstacle",
    "Undone",
    "add_framework",
    "add_organisation_named",
    "add_pillar",
    "add_plan",
    "add_template",
    "amend_action",
    "amend_need",
    "appoint_lead",
    "can_confirm_need",
    "choose_statement",
    "confirm_action",
    "confirm_link",
    "confirm_links",
    "confirm_need",
    "count_as_unconfirmed",
    "freeze",
    "identify_name",
    "keep_name",
    "link_actions",
    "merge_actions",
    "number_version",
    "obstacles_to_undoing",
    "place_action",
    "place_need",
    "record_actions",
    "record_needs",
    "remove_link",
    "restore_action",
    "set_confirming",
    "set_mail_sender",
    "set_profile",
    "state_need",
    "undo_merge",
    "undo_name_answer",
    "undo_recording",
    "unlink_actions",
    "withdraw_action",
]
