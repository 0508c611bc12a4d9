"""Moments as Microsoft writes them: in UTC, with up to seven digits after the second and no zeros at the end."""

import re
from datetime import UTC, datetime, timedelta

TICKS = 10_000_000  # per second
WRITTEN = re.compile(
    r"(?P<whole>\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?)(?:\.(?P<fraction>\d{1,7}))?(?P<zone>Z|[+-]\d\d:\d\d)?"
)


class Clock:
    def __init__(self, skew_seconds: float = 0.0, tick_seconds: float = 0.0) -> None:
        self._skew = timedelta(seconds=skew_seconds)
        self._tick = tick_seconds

    def text(self, moment: datetime, ticks: int = 0) -> str:
        """Ticks keep apart what the world did within one of its seconds."""
        shown = moment + self._skew
        if self._tick:
            shown -= timedelta(seconds=shown.timestamp() % self._tick)
            shown, ticks = shown.replace(microsecond=0), 0
        fraction = f"{shown.microsecond * 10 + ticks % TICKS:07}".rstrip("0")
        whole = shown.strftime("%Y-%m-%dT%H:%M:%S")
        return f"{whole}.{fraction}Z" if fraction else f"{whole}Z"

    def optional(self, moment: datetime | None, ticks: int = 0) -> str | None:
        return self.text(moment, ticks) if moment else None


def read(text: str) -> int:
    """Ticks since 1970, because a datetime would cut the seventh digit off."""
    match = WRITTEN.fullmatch(text)
    if not match:
        raise ValueError(f"not a moment: {text}")
    zone = (match["zone"] or "Z").replace("Z", "+00:00")
    whole = match["whole"] if "T" in match["whole"] else f"{match['whole']}T00:00"
    seconds = datetime.fromisoformat(whole + zone).astimezone(UTC).timestamp()
    return int(seconds) * TICKS + int((match["fraction"] or "").ljust(7, "0"))
