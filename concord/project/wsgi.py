"""What granian serves. A site with unsafe settings does not start."""

import os

from django.core.wsgi import get_wsgi_application

from concord.project.start import refuse_unsafe, stand_apart

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "concord.project.settings")
stand_apart()
application = get_wsgi_application()
refuse_unsafe()
