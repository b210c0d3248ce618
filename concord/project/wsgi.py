"""What granian serves. A site with unsafe settings does not start."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concord.project.settings")

from django.core.wsgi import get_wsgi_application  # noqa: E402

application = get_wsgi_application()

from concord.project.start import refuse_unsafe  # noqa: E402

refuse_unsafe()
