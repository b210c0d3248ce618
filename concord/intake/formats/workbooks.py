"""Opening workbooks with calamine, whose errors become ours. Source: python-calamine 0.9."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook, PasswordError

from concord.intake.formats.package import damaged, encrypted


@contextmanager
def workbook_of(path: Path) -> Iterator[CalamineWorkbook]:
    """A workbook by its content, whatever its name says.

    Raises:
        UnreadableFile: damaged, or protected with a password; also from within the `with` block.
    """
    try:
        with path.open("rb") as file:
            yield CalamineWorkbook.from_filelike(file)
    except PasswordError as error:
        raise encrypted() from error
    except CalamineError as error:
        raise damaged() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # what Rust code raises where it gives up; no Exception
            raise damaged() from error
        raise
