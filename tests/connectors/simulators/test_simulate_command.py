"""The simulate command serves until it is interrupted, and a second start continues the same MSP."""

import re
from io import StringIO
from pathlib import Path

import httpx
import pytest
from django.core.management import call_command


def start(state_dir: Path, output: StringIO) -> None:
    options = {"port": 0, "months": 1, "tickets_per_day": 5, "state_dir": state_dir, "static": True}
    call_command("simulate", "--tenant-world", "north", stdout=output, **options)


def test_it_serves_what_it_prints_and_continues_the_same_world(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, replies = StringIO(), StringIO(), list[str]()

    def ask(_: float) -> None:
        output = second.getvalue() or first.getvalue()
        found = re.search(r"site (\S+)", output)
        assert found
        replies.append(httpx.get(f"{found[1]}/login/companyinfo/north").text)
        raise KeyboardInterrupt

    monkeypatch.setattr("time.sleep", ask)
    start(tmp_path, first)
    start(tmp_path, second)
    assert ["v2025_1" in reply for reply in replies] == [True, True]
    assert first.getvalue().splitlines()[0] == second.getvalue().splitlines()[0]
    assert "Stopped." in second.getvalue()
