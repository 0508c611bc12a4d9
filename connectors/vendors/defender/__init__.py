"""Microsoft Defender, for all customers of an MSP: Graph's alerts and incidents, Defender for Endpoint's machines.

Microsoft groups alerts into incidents, so an incident is no further alert: figures count the rows of kind "alert"
alone. Rows of kind "incident" are there to be looked at, and to find tickets that quote an incident; an alert names
its own in `incident_id`, which is the incident's external id. An incident that was merged into another keeps its row
with `redirected_to`, while its alerts name the incident that took over.
"""

from connectors.base import Connector, Stream
from connectors.models import RawDevice, RawSecurityAlert, RawVendorCustomer
from connectors.vendors.defender import client, rows
from connectors.vendors.defender.client import open_client
from connectors.vendors.defender.pages import PAGES
from connectors.vendors.defender.preflight import preflight
from connectors.vendors.defender.settings import Credentials, Settings

CHANGES = "lastUpdateDateTime"

STREAMS = (
    Stream(
        name="customers",
        path=client.RELATIONSHIPS,
        table=RawVendorCustomer,
        head=rows.Customer,
        row=rows.customer,
        fixed={"level": RawVendorCustomer.Level.TENANT.value},
    ),
    Stream(
        name="alerts",
        path=client.ALERTS,
        table=RawSecurityAlert,
        head=rows.Changing,
        row=rows.alert,
        cursor=CHANGES,
        parent_column="customer_id",
        is_per_customer=True,
        is_swept=False,
        fixed={"kind": "alert"},
    ),
    Stream(
        name="incidents",
        path=client.INCIDENTS,
        table=RawSecurityAlert,
        head=rows.Incident,
        row=rows.incident,
        cursor=CHANGES,
        parent_column="customer_id",
        is_per_customer=True,
        is_swept=False,
        fixed={"kind": "incident"},
    ),
    # Last, because a customer without Defender for Endpoint has alerts all the same.
    Stream(
        name="machines",
        path=client.MACHINES,
        table=RawDevice,
        head=rows.Machine,
        row=rows.machine,
        parent_column="customer_id",
        is_per_customer=True,
    ),
)

CONNECTOR = Connector(
    slug="defender",
    label="Microsoft Defender",
    settings_model=Settings,
    credentials_model=Credentials,
    open=open_client,
    preflight=preflight,
    streams=STREAMS,
    pages=PAGES,
)
