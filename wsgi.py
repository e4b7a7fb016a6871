"""The application for a WSGI server: `gunicorn wsgi:app`, `flask --app wsgi run`."""

import sys

from cop import create_app
from cop.config import ConfigError, load
from cop.platform import logs

try:
    settings = load()
    logs.configure(settings.log_level)
    app = create_app(settings)
except ConfigError as error:
    sys.exit(f"cop: {error}")
