"""Several people change one row at once: what was acknowledged is what is stored (R5)."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from concord.accounts import services
from concord.accounts.models import Organisation
from concord.audit.queries import history_of, verify_chain
from concord.kernel.errors import StaleWrite
from tests.factories import NOON, an_organisation

WRITERS, EDITS = 8, 10


@pytest.mark.django_db(transaction=True)
def test_no_acknowledged_edit_of_one_organisation_is_lost():
    body = an_organisation("Body", acronym="0")
    operator = services.operator()

    def count_up() -> int:
        """Adds one to the number that stands in the acronym, reading again until nobody was faster."""
        done = 0
        while done < EDITS:
            seen = Organisation.objects.get(pk=body.pk)
            try:
                services.change_organisation(
                    organisation=seen, acronym=str(int(seen.acronym) + 1), by=operator, at=NOON
                )
            except StaleWrite:
                continue
            done += 1
        return done

    def write(_number: int) -> int:
        try:
            return count_up()
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=WRITERS) as pool:
        acknowledged = sum(pool.map(write, range(WRITERS)))

    stored = Organisation.objects.get(pk=body.pk)
    assert acknowledged == WRITERS * EDITS
    assert stored.acronym == str(acknowledged)
    assert len(history_of(body)) == acknowledged + 1
    assert list(stored.names.filter(sort="acronym").values_list("text", flat=True)) == [stored.acronym]
    assert verify_chain().ok
