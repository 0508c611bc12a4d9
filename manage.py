#!/usr/bin/env python
"""Django's command line; starts the embedded servers when the environment names no others."""

import os
import sys

from django.core.management import execute_from_command_line

from config import embedded

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    embedded.attach_unless_configured()
    execute_from_command_line(sys.argv)
