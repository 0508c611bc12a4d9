"""The SentinelOne management console as it answers on the wire, over simulated MSPs."""

from .access import Credentials as Credentials
from .access import Scope as Scope
from .console import Settings as Settings
from .simulator import SentinelOneSimulator as SentinelOneSimulator
