"""How gunicorn serves the site: `manage.py serve` starts it with this file."""

import multiprocessing
import os
import re
import signal
import threading
from typing import Any

from gunicorn.http import message

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
workers = max(2, multiprocessing.cpu_count())
worker_class = "gthread"
threads = 4
timeout = 120
graceful_timeout = 20
# An address holds at most a query of 500 characters, percent-encoded, and some filters.
limit_request_line = 8190
errorlog = "-"
loglevel = "warning"
control_socket_disable = True

# curl and scripts send Chinese in an address as plain UTF-8, which gunicorn refuses since it reads
# RFC 9112 strictly. Control characters and blanks stay refused; Django decodes the rest.
message.RFC9112_TARGET_INVALID = re.compile(r"[\x00-\x20\x7f]")


def post_worker_init(_worker: Any) -> None:
    """Stop with the process that started us, should it be killed: nobody else would."""
    pipe = int(os.environ.get("YINDE_SUPERVISOR", "-1"))
    if pipe >= 0:
        threading.Thread(target=_watch, args=(pipe, os.getppid()), daemon=True).start()


def _watch(pipe: int, arbiter: int) -> None:
    # Nobody writes to the pipe: reading ends when the supervisor is gone, a zombie or not.
    os.read(pipe, 1)
    os.kill(arbiter, signal.SIGTERM)
