"""The WSGI application of the web process."""

import os
import warnings

from django.core.management import call_command
from django.core.wsgi import get_wsgi_application

from config import embedded

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
# Without a collectstatic, static files are served from where they are.
warnings.filterwarnings("ignore", message="No directory at", module="django.core.handlers.base")

embedded.attach_unless_configured()
application = get_wsgi_application()
# Above all: no transaction pooler between us and PostgreSQL, which would mix tenants.
call_command("check", databases=["default"])
