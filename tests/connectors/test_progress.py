"""What somebody who waits for a sync gets to see."""

from io import StringIO

from rich.console import Console

from connectors.progress import bars


def test_where_nobody_watches_each_stream_has_a_line_every_few_seconds(monkeypatch):
    seconds = iter([0, 2, 5, 6, 11, 20, 21])
    monkeypatch.setattr("connectors.progress.time.monotonic", lambda: next(seconds))
    lines: list[str] = []
    with bars("north/Desk: ", lines.append) as progress:
        for seen in (0, 1000, 2500, 3000, 5500):
            progress("time_entries", seen, 10_000)
        progress("tickets", 10, None)
        progress("tickets", 20, None)
    assert lines == [
        "north/Desk: time entries: 2,500 of 10,000, 500/s, about 0:15 left\n",
        "north/Desk: time entries: 5,500 of 10,000, 500/s, about 0:09 left\n",
    ]


def test_on_a_terminal_each_stream_has_a_bar_with_rate_and_estimate(monkeypatch):
    screen = StringIO()
    console = Console(file=screen, force_terminal=True, width=140)
    monkeypatch.setattr("connectors.progress.Console", lambda: console)
    monkeypatch.setattr("rich.progress.get_console", lambda: console)
    with bars() as progress:
        for seen in range(0, 1001, 250):
            progress("time_entries", seen, 1000)
    assert "time entries" in screen.getvalue()
    assert "1000/1000" in screen.getvalue()
    assert "/s" in screen.getvalue()
