"""SentinelOne: endpoint protection of many companies in one console. Its API is documented in the console itself."""

from datetime import timedelta
from functools import partial

from connectors import base
from connectors.base import Connector
from connectors.models import RawAlertEvent, RawDevice, RawSecurityAlert, RawVendorCustomer
from connectors.vendors.sentinelone import alerts, estate, unified
from connectors.vendors.sentinelone.client import Credentials, Settings, open_client
from connectors.vendors.sentinelone.pages import PAGES
from connectors.vendors.sentinelone.preflight import preflight

# Where changes can't be asked for, alerts raised in so many days are read again, and every night all of them.
WINDOW = timedelta(days=30)
# A status change that the log has tells more than one that was seen: it is read before the threats.
Level, told = RawVendorCustomer.Level, RawAlertEvent.Provenance.TOLD
Alerts = partial(base.Stream, table=RawSecurityAlert, is_swept=False)
Stream = base.Stream

STREAMS = (
    Stream(
        name="accounts",
        path="accounts",
        table=RawVendorCustomer,
        head=estate.Identity,
        row=estate.customer(parent=""),
        fixed={"level": str(Level.ACCOUNT)},
    ),
    Stream(
        name="sites",
        path="sites",
        table=RawVendorCustomer,
        head=estate.Identity,
        row=estate.customer(parent="accountId"),
        fixed={"level": str(Level.SITE)},
    ),
    Stream(
        name="agents",
        # Those that were taken out of service too: they are marked, not gone.
        path="agents?isDecommissioned=True,False&isUninstalled=True,False",
        table=RawDevice,
        head=estate.Identity,
        row=estate.agent,
        cursor="updatedAt",
        is_reread=True,  # that it fell silent is no update of an agent
    ),
    Stream(
        name="status_changes",
        path="activities?activityTypes=2028",
        table=RawAlertEvent,
        head=alerts.ActivityHead,
        row=alerts.activity,
        cursor="createdAt",
        is_swept=False,
        fixed={"provenance": str(told)},
    ),
    Alerts(
        name="threats",
        path="threats",
        head=alerts.ThreatHead,
        row=alerts.threat,
        cursor="updatedAt",
        fixed={"kind": "threat"},
    ),
    Alerts(
        name="star_alerts",
        path="cloud-detection/alerts?sortBy=alertInfoCreatedAt",
        head=alerts.StarHead,
        row=alerts.star_alert,
        cursor="createdAt",
        look_back=WINDOW,
        is_reread=True,
        fixed={"kind": "star"},
    ),
    Alerts(
        name="unified_alerts",
        path=unified.PATH,
        head=unified.Identity,
        row=unified.unified_alert,
        cursor="detectedAt",
        look_back=WINDOW,
        is_reread=True,
        fixed={"kind": "unified"},
    ),
)

CONNECTOR = Connector(
    slug="sentinelone",
    label="SentinelOne",
    settings_model=Settings,
    credentials_model=Credentials,
    open=open_client,
    preflight=preflight,
    streams=STREAMS,
    pages=PAGES,
)
