"""`make bench`: all benchmarks, or those named; `--size 0.1` for a tenth of the data."""

import argparse
import os

from tests.bench.report import Report, machine


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("names", nargs="*", help="which benchmarks (default: all)")
    parser.add_argument("--size", type=float, default=1.0, help="1.0: 300,000 tickets, 1M time entries")
    arguments = parser.parse_args()
    prepare()
    from tests.bench import figures, memory, pages, proposals, sync, tenants, topics

    benchmarks = {
        "sync": sync.run,
        "memory": memory.run,
        "figures": figures.run,
        "tenants": tenants.run,
        "topics": topics.run,
        "proposals": proposals.run,
        "pages": pages.run,
    }
    on_demand = {"growth": figures.growth}  # ten times the data, so only when named
    print(f"{machine()}\nsize {arguments.size:g} (1 is 300,000 tickets and a million time entries)")
    report = Report()
    for name in arguments.names or benchmarks:
        print(f"\n{name}")
        (benchmarks | on_demand)[name](report, arguments.size)
    print("\n" + "\n".join(report.lines))


def prepare() -> None:
    """Servers and data of its own, so that neither a demo nor the tests are disturbed."""
    os.environ.setdefault("DESKMETRY_VAR", "var/bench")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    from config import embedded

    embedded.attach_unless_configured()
    import django

    django.setup()


if __name__ == "__main__":
    main()
