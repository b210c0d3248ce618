"""Runs the benchmarks that are named, or all; see the package."""

import importlib
import pkgutil
import sys
from types import ModuleType

import concord.commands.benchmarks as package
from concord.commands.benchmarks.figures import machine, print_figures, write_section


def main(names: list[str]) -> int:
    """Measure, print and write the page. An unknown name exits with 2 and names those that exist."""
    known = find_benchmarks()
    unknown = [name for name in names if name not in known]
    if unknown:
        print(f"There is no benchmark “{unknown[0]}”. Known: {', '.join(known)}.", file=sys.stderr)
        return 2
    for name in names or list(known):
        on = machine()
        figures = known[name].measure()
        print_figures(known[name].TITLE, figures)
        write_section(name, known[name].TITLE, figures, on=on)
    return 0


def find_benchmarks() -> dict[str, ModuleType]:
    """The benchmarks of this folder by name: `first_plan.py` is first-plan."""
    found = {}
    for info in pkgutil.iter_modules(package.__path__):
        if info.name.startswith("_"):
            continue
        module = importlib.import_module(f"{package.__name__}.{info.name}")
        if hasattr(module, "measure"):
            found[info.name.replace("_", "-")] = module
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
