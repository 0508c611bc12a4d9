"""The client companies of a simulated MSP, their people, and agreements that leave gaps."""

import random
import unicodedata
from datetime import datetime, timedelta

from .catalogue import ADMIN, Catalogue
from .records import Addition, Agreement, Company, Contact, Named
from .tables import Table
from .terms import Billing
from .topics import HELP, NETWORK, PROJECTS, SECURITY, TOPICS

FIRST_NAMES = (
    "Ann", "Bruno", "Chloé", "Derek", "Émile", "Farah", "George", "Hélène", "Isaac", "Jeanne",
    "Kofi", "Laura", "Marc", "Nora", "Olivier", "Paula", "Quentin", "Rita", "Simon", "Thérèse",
)  # fmt: skip
LAST_NAMES = (
    "Reed", "Fortin", "Nguyen", "Smith", "Bélanger", "Silva", "Park", "Lévesque", "Adams", "Dubois",
    "Khan", "Miller", "Ouellet", "Jones", "Girard", "Brown", "Poirier", "Wilson", "Gauthier", "Lee",
)  # fmt: skip
PLACES = (
    "Northwood", "Lakeside", "Boréal", "Harbour", "Maple", "Rivière", "Summit", "Granite",
    "Laurier", "Prairie",
)  # fmt: skip
TRADES = (
    ("Dental", "Health"), ("Legal", "Professional"), ("Foods", "Retail"), ("Construction", "Building"),
    ("Logistique", "Transport"), ("Comptables", "Professional"), ("Clinic", "Health"), ("Motors", "Retail"),
)  # fmt: skip
CITIES = ("Montréal", "Toronto", "Québec", "Ottawa", "Laval", "Halifax")
AGREEMENT_TYPES = (Named(5, "Managed"), Named(6, "Block Time"), Named(7, "Security Add-on"))
PRODUCTS = (("EDR agent", 8.0, 3.1), ("Backup per server", 65.0, 24.0), ("Microsoft 365 seat", 29.0, 22.5))


class Clients:
    """Companies of differing size; each third or so has something wrong with its coverage."""

    def __init__(self, catalogue: Catalogue, companies: int, now: datetime, rng: random.Random) -> None:
        self.catalogue = catalogue
        self.since = catalogue.since
        self.now = now
        self.rng = rng
        self.companies: Table[Company] = Table(first_id=250)
        self.contacts: Table[Contact] = Table(first_id=4400)
        self.agreements: Table[Agreement] = Table(first_id=70)
        self._addition_id = 0
        for number in range(companies):
            self._sign(number)

    def _sign(self, number: int) -> None:
        place, (trade, market) = PLACES[number % len(PLACES)], TRADES[number % len(TRADES)]
        name = f"{place} {trade}" + (f" {number // 40 + 1}" if number >= 40 else "")
        company_id = self.companies.next_id()
        identifier = f"{_plain(place)[:6]}{_plain(trade)[:4]}{company_id}".upper()
        size = max(3, round(self.rng.lognormvariate(3.0, 0.8)))
        city = CITIES[number % len(CITIES)]
        french = city in ("Montréal", "Québec", "Laval")
        company = Company(company_id, self.since, ADMIN, identifier, name, french, size, market, city)
        self.companies.add(company)
        sites = ("Main", "Warehouse") if size > 30 else ("Main",)
        company.sites = [Named(company_id * 10 + order, site) for order, site in enumerate(sites)]
        for _ in range(min(size, 60)):
            self._introduce(company)
        self._agree(company, number)

    def _introduce(self, company: Company) -> None:
        first, last = self.rng.choice(FIRST_NAMES), self.rng.choice(LAST_NAMES)
        contact_id = self.contacts.next_id()
        email = f"{_plain(first)}.{_plain(last)}{contact_id}@{company.identifier.lower()}.example".lower()
        contact = Contact(
            contact_id, self.since, ADMIN, first, last, email, f"+1 514 555 {contact_id:04}", company
        )
        company.contacts.append(self.contacts.add(contact))

    def _agree(self, company: Company, number: int) -> None:
        gap = number % 12
        if gap == 3:
            return
        managed = self._agreement(
            company, AGREEMENT_TYPES[0], "Managed Services", self.since - timedelta(days=300)
        )
        self._cover(managed)
        if gap == 5:
            managed.until = self.since + (self.now - self.since) * 0.6
        elif gap == 7:
            managed.cancelled_at = self.since + (self.now - self.since) * 0.75
        elif gap in (1, 9):
            managed.hours_limit = float(max(4, company.size // 4))
        elif gap == 2:
            self._add_on(company, managed)

    def _add_on(self, company: Company, parent: Agreement) -> None:
        add_on = self._agreement(
            company, AGREEMENT_TYPES[2], "Security Add-on", self.since + timedelta(days=90)
        )
        add_on.parent = parent
        add_on.boards = [(self.catalogue.board(SECURITY), None)]

    def _agreement(self, company: Company, kind: Named, name: str, since: datetime) -> Agreement:
        agreement = Agreement(
            id=self.agreements.next_id(),
            updated_at=self.since,
            updated_by=ADMIN,
            name=name,
            type=kind,
            company=company,
            since=since,
            sla=self.catalogue.slas[company.size > 45],
            monthly_amount=round(company.size * 78.0, 2),
            billing=Billing.BILLABLE,
        )
        company.agreements.append(agreement)
        return self.agreements.add(agreement)

    def _cover(self, agreement: Agreement) -> None:
        catalogue, rng = self.catalogue, self.rng
        covered = [HELP, NETWORK] + [SECURITY] * (rng.random() < 0.6)
        agreement.boards = [(catalogue.board(name), None) for name in covered]
        agreement.work_types = [
            catalogue.work_type(name) for name in ("Remote", "Phone", "On-site", "Maintenance")
        ]
        agreement.work_roles = list(catalogue.work_roles)[:3]
        agreement.excluded_work_types = [catalogue.work_type(name) for name in ("Project", "After Hours")]
        if rng.random() < 0.25:
            agreement.excluded_work_types.append(catalogue.work_type("On-site"))
        if rng.random() < 0.2:
            agreement.excluded_work_roles = [catalogue.work_roles[4]]
        if rng.random() < 0.2:
            account = catalogue.board(HELP).types["Account"]
            agreement.boards[0] = (catalogue.board(HELP), account)
        agreement.additions = [self._addition(agreement, *product) for product in PRODUCTS]

    def _addition(self, agreement: Agreement, product: str, price: float, cost: float) -> Addition:
        self._addition_id += 1
        quantity = float(max(1, round(agreement.company.size * self.rng.uniform(0.6, 1.1))))
        return Addition(self._addition_id, product, quantity, 0.0, price, cost, agreement.since)


def habits(companies: Table[Company], rng: random.Random) -> dict[int, dict[str, float]]:
    """Per company, topics that come up far more often there than elsewhere."""
    keys = [topic.key for topic in TOPICS if topic.board != PROJECTS]
    found: dict[int, dict[str, float]] = {}
    for company in companies:
        chronic = rng.sample(keys, 2) if rng.random() < 0.5 else []
        found[company.id] = {key: rng.uniform(3, 7) for key in chronic}
    return found


def _plain(text: str) -> str:
    decomposed = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in decomposed if letter.isalpha() and letter.isascii())
