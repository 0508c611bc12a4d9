"""`make soak`: weeks of virtual days with failing vendors and dying workers; nothing may be lost or doubled."""

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench.__main__ import prepare
from tests.bench.report import machine


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--tenants", type=int, default=10)
    parser.add_argument("--days", type=int, default=30)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    prepare()
    from tests.soak.soak import Plan, run

    print(machine())
    with tempfile.TemporaryDirectory() as folder:
        plan = Plan(arguments.tenants, arguments.days, arguments.seed)
        happened, differences = run(plan, Path(folder) / "workers.log", lambda text: print(text, flush=True))
    for name, count in sorted(happened.items()):
        print(f"  {name:<24}{count:>8}")
    for difference in differences:
        print(difference, file=sys.stderr)
    print(f"{len(differences)} differences from the truth.")
    return bool(differences)


if __name__ == "__main__":
    sys.exit(main())
