"""How gunicorn serves the application: read by `gunicorn wsgi:app` and by `cop serve`.

The defaults are those of one small server: one process whose threads serve pages and sockets.
`cop serve pages` and `cop serve live` change the kind and number of workers on the command line.
Nothing of `cop` is imported here: gevent must patch the standard library before it is.
"""

import os
import sys

bind = f"{os.environ.get('COP_HOST') or '127.0.0.1'}:{os.environ.get('PORT') or 8000}"
workers = 1
worker_class = "gthread"
threads = 200  # made as they are needed; an open socket holds one for as long as it lives
worker_connections = 1000
timeout = 60
graceful_timeout = 10
keepalive = 5
# Paths name discussions and members, queries hold what was searched for: no access log.
accesslog = None
errorlog = "-"
loglevel = (os.environ.get("COP_LOG_LEVEL") or "INFO").lower()
control_socket_disable = True
# A worker tells the master that it lives through a file; in memory it never waits for a disk.
worker_tmp_dir = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
forwarded_allow_ips = "127.0.0.1,::1"


def worker_exit(_server, _worker):
    """End at once: by now requests have finished, and only threads of open sockets are left."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)
