"""Gives every finding that is there already its case, as the next run would; those that are no longer
proposed have cases of their own, so that their pages stay."""

from collections import defaultdict
from datetime import UTC, datetime

from django.db import migrations

from concord.analysis.grouping import Edge, group
from concord.kernel.keys import new_key

FOR_ALL_MEMBERS = ("clear", "green")


def give_cases(apps, _schema_editor):
    Finding, Case = apps.get_model("analysis", "Finding"), apps.get_model("analysis", "Case")
    edges, pks = defaultdict(list), {}
    without = Finding.objects.filter(case=None).select_related("action_a", "action_b")
    for finding in without.iterator():
        markings = {finding.action_a.marking, finding.action_b.marking}
        where = (finding.framework_id, not markings <= set(FOR_ALL_MEMBERS), finding.is_live)
        edges[where].append(Edge(finding.key_a, finding.key_b, finding.kind, finding.score))
        pks[(finding.key_a, finding.key_b)] = finding.pk
    at = datetime.now(UTC)
    for (framework_id, restricted, _is_live), mine in sorted(edges.items()):
        for found in group(mine):
            case = Case.objects.create(
                key=new_key(),
                framework_id=framework_id,
                sort=found.sort,
                is_restricted=restricted,
                opened_at=at,
            )
            Finding.objects.filter(pk__in=[pks[pair] for pair in found.pairs]).update(case=case)


class Migration(migrations.Migration):
    dependencies = [("analysis", "0002_cases_and_sources")]

    operations = [migrations.RunPython(give_cases, migrations.RunPython.noop, elidable=True)]
