"""Signs the app in to one tenant after the other, with its secret or its certificate; tokens end after an hour."""

from typing import Any

from connectors.crypto import Secrets
from connectors.errors import StopConnection, StopCustomer
from connectors.http import Answer, Http
from connectors.texts import decoded
from connectors.vendors.defender import certificate
from connectors.vendors.defender.answers import Access, judge_sign_in
from connectors.vendors.defender.settings import Settings
from connectors.vendors.defender.tokens import Token, Tokens

# Where an answer does not say.
USUAL_SECONDS = 3599


class Entra:
    def __init__(self, settings: Settings, secrets: Secrets) -> None:
        self.home = settings.tenant_id
        self.secrets = secrets
        self._base = base_of(settings.login_host)
        self._client_id = settings.client_id
        self._http = Http({"Accept": "application/json"}, judge_sign_in, [self._base])
        self._tokens = Tokens(self._fetch)

    def close(self) -> None:
        self._http.close()

    def token(self, tenant: str, scope: str, instead_of: str = "") -> str:
        return self._tokens.get(tenant, scope, instead_of)

    def explained(self, problem: StopCustomer, tenant: str) -> StopConnection | StopCustomer:
        """What a person has to do about a tenant that does not know the app."""
        if problem.access != Access.NOT_CONSENTED:
            return problem
        consent = f"{self._base}/{tenant}/adminconsent?client_id={self._client_id}"
        if tenant == self.home:
            return StopConnection(
                f"Your own tenant does not know the app: {problem} Check tenant id and client id; if they are right, "
                f"an administrator consents at {consent}"
            )
        return StopCustomer(
            f"{problem} Have an administrator of the tenant sign in at {consent} and accept.", problem.access
        )

    def _fetch(self, tenant: str, scope: str) -> Token:
        try:
            if self.secrets.get("certificate"):
                authority = f"{self._base}/{tenant}"
                return _token(
                    certificate.sign_in(self._http, authority, self._client_id, scope, self.secrets)
                )
            return self._http.post(f"{self._base}/{tenant}/oauth2/v2.0/token", _read, form=self._form(scope))
        except StopCustomer as problem:
            raise self.explained(problem, tenant) from None

    def _form(self, scope: str) -> dict[str, str]:
        return {
            "grant_type": "client_credentials",
            "client_id": self._client_id,
            "client_secret": self.secrets.get("client_secret", ""),
            "scope": scope,
        }


def base_of(host: str) -> str:
    return host if "://" in host else f"https://{host}"


def _read(answer: Answer) -> Token:
    return _token(decoded(answer.body, dict[str, Any], "Microsoft's sign-in"))


def _token(told: dict[str, Any]) -> Token:
    if not isinstance(told.get("access_token"), str):
        raise StopCustomer("Microsoft's sign-in answered without a token.", Access.FAILING)
    try:
        return Token(told["access_token"], float(told.get("expires_in", USUAL_SECONDS)))
    except (TypeError, ValueError):
        return Token(told["access_token"], USUAL_SECONDS)
