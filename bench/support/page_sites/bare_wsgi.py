"""What the web server runs for the bare project."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
