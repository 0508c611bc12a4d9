"""What a benchmark says: a figure, what it is measured against, and the target it has to meet."""

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter


@dataclass
class Stopwatch:
    seconds: float = 0.0


@contextmanager
def timed() -> Iterator[Stopwatch]:
    watch = Stopwatch()
    started = perf_counter()
    yield watch
    watch.seconds = perf_counter() - started


@dataclass
class Report:
    lines: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        print(f"  {text}", flush=True)

    def ratio(
        self, figure: str, measured: float, *, at_least: float | None = None, at_most: float | None = None
    ) -> None:
        line = f"{figure:<72} {measured:>9.3f}"
        if at_least is not None or at_most is not None:
            target = f">= {at_least:g}" if at_least is not None else f"<= {at_most:g}"
            met = measured >= at_least if at_least is not None else measured <= (at_most or 0)
            line += f"   target {target:<8} {'met' if met else 'MISSED'}"
        self.lines.append(line)
        print(line, flush=True)


def machine() -> str:
    memory_gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{_processor()}, {os.cpu_count()} cores, {memory_gib:.0f} GiB, "
        f"{platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or platform.machine()
