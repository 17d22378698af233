#!/usr/bin/env python
"""Django's command line, with Yinde's settings."""

import sys

try:
    from config.command_line import run
except ModuleNotFoundError as error:
    if error.name != "django":
        raise
    sys.exit(
        "请用 make install 装好的 Python · Use the Python that make install sets up: "
        ".venv/bin/python manage.py …"
    )

if __name__ == "__main__":
    run(sys.argv)
