"""One sync of a tenant's connection; says how many rows it saw and its own peak memory in MiB."""

import sys
from pathlib import Path

from tests.bench.__main__ import prepare


def main(schema: str) -> None:
    prepare()
    from connectors.models import Connection
    from connectors.sync import sync
    from tenants.context import tenant

    with tenant(schema):
        runs = sync(Connection.objects.get())
    failed = [run.error for run in runs if run.error]
    if failed:
        raise SystemExit(" ".join(failed))
    print(sum(run.rows_seen for run in runs), _peak_mebibytes())


def _peak_mebibytes() -> int:
    """Of this program alone; getrusage counts what the process was before it became this program."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    main(sys.argv[1])
