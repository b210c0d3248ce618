"""The tables of the intake room. Written by intake.services alone."""

from concord.intake.models.calls import Call, Invitation, Link
from concord.intake.models.giving import GivenOut, GivenRecord, SettledConflict
from concord.intake.models.inputs import AppliedRound, Input
from concord.intake.models.layouts import RememberedLayout
from concord.intake.models.mail import Message, ReceivedMail
from concord.intake.models.mending import Answer, Correction, VanishedAnswer
from concord.intake.models.on_behalf import Objection, OnBehalfEntry
from concord.intake.models.rows import InputProblem, InputReading, InputRow

__all__ = [
    "Answer",
    "AppliedRound",
    "Call",
    "Correction",
    "GivenOut",
    "GivenRecord",
    "Input",
    "InputProblem",
    "InputReading",
    "InputRow",
    "Invitation",
    "Link",
    "Message",
    "Objection",
    "OnBehalfEntry",
    "ReceivedMail",
    "RememberedLayout",
    "SettledConflict",
    "VanishedAnswer",
]
