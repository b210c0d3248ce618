"""Where a role holds and where a permission is asked for."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """A framework, or one pillar of it, by their refs.

    As a question, the empty framework (ANYWHERE) means "in any framework at all": for things that
    belong to none, such as the register of organisations.
    """

    framework: str
    pillar: str = ""

    def __post_init__(self) -> None:
        if self.pillar and not self.framework:
            raise ValueError("a pillar belongs to a framework")

    def covers(self, asked: "Scope") -> bool:
        """Whether a role held here reaches what is asked: a framework its pillars, a pillar only itself."""
        if not asked.framework:
            return True
        return self.framework == asked.framework and self.pillar in ("", asked.pillar)

    def __str__(self) -> str:
        return "/".join(part for part in (self.framework, self.pillar) if part)


ANYWHERE = Scope("")
