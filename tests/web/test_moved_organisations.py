"""The public address of a body that was merged into another one."""

from datetime import date

import pytest

from concord.accounts.services import merge_organisations, undo_organisation_merge
from concord.web.public.stored import store
from tests.factories import NOON, an_organisation
from tests.web.public_site import publish_site

pytestmark = pytest.mark.django_db


def test_an_address_that_no_text_in_force_names_any_more_leads_to_the_body_it_is(cast, client):
    site = publish_site(cast)
    acts = {"by": cast.operator, "at": NOON}
    old, new = f"/organisations/{cast.donor_b.key}/", f"/organisations/{cast.donor_a.key}/"
    unnamed = an_organisation("Named in no public text")
    merge = merge_organisations(target=cast.donor_a, merged=cast.donor_b, **acts)
    merge_organisations(target=type(cast.donor_a).objects.get(pk=cast.donor_a.pk), merged=unnamed, **acts)
    store.clear()
    assert client.get(old).status_code == 200  # the text in force stays as it was endorsed

    site.press.published(on=date(2019, 6, 10))
    store.clear()
    moved = client.get(old)
    assert (moved.status_code, moved["Location"]) == (302, new)
    assert client.get(new).status_code == 200
    assert client.get(f"/organisations/{unnamed.key}/").status_code == 404

    undo_organisation_merge(merge, **acts)
    store.clear()
    assert client.get(old).status_code == 404
