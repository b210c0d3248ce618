"""Inputs that were checked before their counts were kept: counts, rounds and what each row waits for."""

from collections import Counter

from django.db import migrations
from django.db.models import F

STATES = ("new", "changed", "same", "conflict", "error")


def count(apps, _schema_editor):
    Input, Row = apps.get_model("intake", "Input"), apps.get_model("intake", "InputRow")
    for received in Input.objects.exclude(state="received").defer("content"):
        rows = Row.objects.filter(input=received)
        if received.state == "applied":
            rows.exclude(state="error").update(round=1, applied_key=F("record_key"))
        asked = {}
        for severity, flag in (("question", "has_question"), ("warning", "has_warning")):
            for sheet, row in received.problems.filter(severity=severity).values_list("sheet", "row"):
                asked.setdefault((sheet, row), set()).add(flag)
        for (sheet, number), flags in asked.items():
            rows.filter(sheet=sheet, number=number).update(**dict.fromkeys(flags, True))
        rows.filter(state="error").update(waits=True)
        rows.filter(has_question=True).update(waits=True)
        received.counts = _counts(received, rows)
        received.save(update_fields=["counts"])
        if received.state == "applied":
            _round(apps, received)


def _counts(received, rows):
    states = Counter(rows.values_list("state", flat=True))
    left = Counter(rows.filter(round=None).values_list("state", flat=True))
    problems = Counter(received.problems.values_list("severity", flat=True))
    return {
        "rows": sum(states.values()),
        **{state: states[state] for state in STATES},
        "left": {state: left[state] for state in STATES},
        "waiting": rows.filter(waits=True).count(),
        "with_question": rows.filter(has_question=True).count(),
        "with_warning": rows.filter(has_warning=True).count(),
        "problems": {name: problems[name] for name in ("error", "question", "warning")},
    }


def _round(apps, received):
    counts = {name: received.counts[name] for name in ("rows", "new", "changed", "same", "conflict")}
    apps.get_model("intake", "AppliedRound").objects.create(
        input=received,
        number=1,
        by=received.applied_by,
        at=received.applied_at,
        counts=counts | {"skipped": received.counts["error"]},
    )


class Migration(migrations.Migration):
    dependencies = [("intake", "0002_previews_are_mended")]

    operations = [migrations.RunPython(count, migrations.RunPython.noop, elidable=True)]
