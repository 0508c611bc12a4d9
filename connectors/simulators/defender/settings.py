"""How one MSP's tenants behave where Microsoft's documents and the reports of others disagree."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Rates = Mapping[str, Sequence[tuple[int, float]]]  # per service: so many requests within so many seconds
PUBLISHED_RATES: Rates = {"graph": [(150, 60.0)], "defender": [(100, 60.0), (1500, 3600.0)]}


@dataclass(frozen=True, slots=True)
class Settings:
    next_links: bool = True  # of Graph, also of Defender where no $top is given
    largest_page: int | None = None  # lower than the documented one
    fails_expanding: bool = False  # incidents with their alerts answer 500, again and again
    not_found_when_empty: bool = False  # a tenant without machines answers 404
    token_seconds: int = 3599
    limits_rate: bool = False
    rates: Rates | None = None  # others than the published ones
    tells_retry_after: bool = True
