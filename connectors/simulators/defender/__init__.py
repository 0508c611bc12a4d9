"""Entra, Microsoft Graph and Defender for Endpoint as they answer on the wire, over simulated MSPs."""

from .access import Credentials as Credentials
from .settings import Settings as Settings
from .simulator import DefenderSimulator as DefenderSimulator
from .tenants import Tenant as Tenant
