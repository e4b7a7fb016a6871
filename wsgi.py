"""The application for a WSGI server: `gunicorn wsgi:app`, `flask --app wsgi run`."""

from cop import create_app

app = create_app()
