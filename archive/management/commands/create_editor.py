"""Make an account for the editors' desk."""

from __future__ import annotations

import secrets
import sys
from argparse import ArgumentParser
from getpass import getpass
from typing import Any

from django.contrib.auth.models import Group, User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.urls import reverse

from archive.roles import ADMINISTRATOR, EDITOR


class Command(BaseCommand):
    """Make an editor or an administrator; there is never a default password."""

    help = (
        "Make an account for an editor (or an administrator). On a terminal the password is asked "
        "for; otherwise, or with --generate, one is made and printed once."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("name", metavar="NAME")
        parser.add_argument(
            "--administrator", action="store_true", help="may also delete and keep accounts"
        )
        parser.add_argument("--generate", action="store_true", help="make and print a password")

    def handle(self, *, name: str, administrator: bool, generate: bool, **_options: Any) -> None:
        """Make the account."""
        user = User(username=name, is_staff=True)
        try:
            user.clean_fields(exclude=["password"])
            user.validate_unique()
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        generate = generate or not sys.stdin.isatty()
        password = secrets.token_urlsafe(12) if generate else _asked_for(user)
        user.set_password(password)
        role = ADMINISTRATOR if administrator else EDITOR
        with transaction.atomic():
            user.save()
            user.groups.add(Group.objects.get(name=role))
        self.stdout.write(f"Made {role} {name}; log in at {reverse('admin:index')}.")
        if generate:
            self.stdout.write(f"Password (shown only here): {password}")


def _asked_for(user: User) -> str:
    """Ask twice for a password that is good enough."""
    password = getpass("Password: ")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    if getpass("Password again: ") != password:
        raise CommandError("The two passwords differ.")
    return password
