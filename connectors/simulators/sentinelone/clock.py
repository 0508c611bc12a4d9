"""Moments as the console writes them, with the clock's skew and how coarsely it ticks."""

from datetime import datetime, timedelta


class Clock:
    def __init__(self, skew_seconds: float = 0.0, tick_seconds: float = 0.0) -> None:
        self._skew = timedelta(seconds=skew_seconds)
        self._tick = tick_seconds

    def text(self, moment: datetime, microseconds: int = 0) -> str:
        """Microseconds keep apart what the world did within one of its seconds."""
        shown = moment + self._skew + timedelta(microseconds=microseconds % 1_000_000)
        if self._tick:
            shown -= timedelta(seconds=shown.timestamp() % self._tick)
            shown = shown.replace(microsecond=0)
        return write(shown)

    def optional(self, moment: datetime | None, microseconds: int = 0) -> str | None:
        return self.text(moment, microseconds) if moment else None


def write(moment: datetime) -> str:
    return moment.isoformat(timespec="microseconds")[:26] + "Z"


def write_milliseconds(text: str) -> str:
    return text[:23] + "Z"
