"""An organisation's actions as a workbook that people fill in and send back. Pure: facts in, bytes out."""

from concord.intake.workbook.contents import COLUMNS, Contents, GivenAction, GivenNeed
from concord.intake.workbook.writer import CELL_CHARACTERS, write_workbook, written_cells

__all__ = [
    "CELL_CHARACTERS",
    "COLUMNS",
    "Contents",
    "GivenAction",
    "GivenNeed",
    "write_workbook",
    "written_cells",
]
