"""A compute of some KPIs only, for comparisons with engines that know no others."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest.mock import patch

from kpis import breakdown, compute, registry


@contextmanager
def only(*numbers: str) -> Iterator[None]:
    """Inside, no other KPIs and no checks of the data exist for the engine; their cells stay as they are."""
    some = {slug: kpi for slug, kpi in registry.kpis().items() if kpi.number in numbers}
    places = ((registry, "kpis"), (registry, "owners"), (compute, "kpis"), (breakdown, "owners"))
    with ExitStack() as patched:
        for module, name in places:
            patched.enter_context(patch.object(module, name, lambda: some))
        patched.enter_context(patch.object(compute, "refresh_grades", lambda *_: None))
        yield
