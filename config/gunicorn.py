"""How gunicorn serves the site: `manage.py serve` starts it with this file."""

import multiprocessing
import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = max(2, multiprocessing.cpu_count())
worker_class = "gthread"
threads = 4
timeout = 120
graceful_timeout = 20
# Addresses hold at most a query of 500 characters, percent-encoded, and some filters.
limit_request_line = 8190
accesslog = None
errorlog = "-"
loglevel = "warning"
control_socket_disable = True
