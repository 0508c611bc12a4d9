"""One of Microsoft's services, asked in the name of the app for one tenant at a time."""

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

from connectors.errors import StopCustomer
from connectors.http import Answer, Http
from connectors.pacing import Pace
from connectors.vendors.defender.answers import Unauthorized, judge
from connectors.vendors.defender.entra import Entra, base_of

Result = TypeVar("Result")
# Defender for Endpoint lives at many addresses, and tokens are for the first of them, but in government clouds.
ENDPOINT_AUDIENCE = "https://api.securitycenter.microsoft.com"
GRAPH_AUDIENCE = "https://graph.microsoft.com"
NATIONAL = (".microsoft.us", ".chinacloudapi.cn")


class Api:
    """Safe to use from several threads."""

    def __init__(
        self, entra: Entra, host: str, audience: str, new_pace: Callable[[], Pace], headers: Mapping[str, str]
    ) -> None:
        self.base = base_of(host)
        is_national = (urlsplit(self.base).hostname or "").endswith(NATIONAL)
        self.scope = f"{self.base if is_national else audience}/.default"
        self._entra = entra
        self._new_pace = new_pace
        self._paces: dict[str, Pace] = {}
        self._paces_lock = threading.Lock()
        self.http = Http({"Accept": "application/json", **headers}, judge, [self.base])

    def close(self) -> None:
        self.http.close()

    def token(self, tenant: str) -> str:
        return self._entra.token(tenant, self.scope)

    def get(
        self,
        tenant: str,
        where: str,
        read: Callable[[Answer], Result],
        params: Mapping[str, str] | None = None,
    ) -> Result:
        """`where` is a path, or a link that an answer gave. A token that is refused gets one successor."""
        token = self.token(tenant)
        try:
            return self._ask(tenant, where, read, params, token)
        except Unauthorized:
            token = self._entra.token(tenant, self.scope, instead_of=token)
        return self._ask(tenant, where, read, params, token)

    def _ask(
        self,
        tenant: str,
        where: str,
        read: Callable[[Answer], Result],
        params: Mapping[str, str] | None,
        token: str,
    ) -> Result:
        url = where if "://" in where else f"{self.base}/{where}"
        try:
            return self.http.get(url, read, params, {"Authorization": f"Bearer {token}"}, self._pace(tenant))
        except StopCustomer as problem:
            raise self._entra.explained(problem, tenant) from None

    def _pace(self, tenant: str) -> Pace:
        """Microsoft counts per app and tenant."""
        with self._paces_lock:
            return self._paces.setdefault(tenant, self._new_pace())
