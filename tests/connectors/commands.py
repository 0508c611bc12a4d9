"""Running a command and listening to it."""

from io import StringIO

from django.core.management import CommandError, call_command


def run(command, *options):
    """What the command printed, and what it complained of."""
    out, err = StringIO(), StringIO()
    try:
        call_command(command, *options, stdout=out, stderr=err)
    except CommandError as error:
        return out.getvalue(), err.getvalue(), str(error)
    return out.getvalue(), err.getvalue(), ""
