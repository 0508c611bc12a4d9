"""Peak memory of a backfill by its number of rows, each in a process of its own."""

import subprocess
import sys

from tests.bench.desk import connected, desk
from tests.bench.report import Report

ROWS_AT_FULL_SIZE = 1_300_000
LARGE, SMALL = 1_000_000, 100_000


def run(report: Report, size: float) -> None:
    large, small = (_backfill(report, rows * size) for rows in (LARGE, SMALL))
    report.ratio("peak memory of a 1M-row backfill / 100k rows", large / small, at_most=1.5)


def _backfill(report: Report, rows: float) -> float:
    schema = "bench_memory"
    with desk(rows / ROWS_AT_FULL_SIZE) as vendor, connected(schema, vendor.login):
        command = [sys.executable, "-m", "tests.bench.backfill", schema]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    seen, mebibytes = (int(part) for part in output.split()[-2:])
    report.note(f"backfill of {seen:,} rows: at most {mebibytes} MiB")
    return mebibytes
