"""Loads the demonstration and prints the seconds of each step as one line of JSON; run as a module."""

import json
import time

from concord.commands.main import prepare_django


def timed() -> list[tuple[str, float]]:
    """Title and wall seconds of each step that was not done yet."""
    from concord.commands.demo.story import steps
    from concord.kernel import clock
    from concord.project.environment import data_folder

    found = []
    for step in steps(folder=data_folder(), at=clock.now()):
        if not step.is_done():
            began = time.monotonic()
            step.do()
            found.append((step.title, time.monotonic() - began))
    return found


if __name__ == "__main__":
    prepare_django()
    print(json.dumps(timed()))
