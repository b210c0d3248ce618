"""Pure analysis: Arrow tables in, Arrow tables out. No Django, no people, no database of ours."""

from concord.engine.coverage import measure_coverage
from concord.engine.linkage import match_records
from concord.engine.relations import find_relations

__all__ = ["find_relations", "match_records", "measure_coverage"]
