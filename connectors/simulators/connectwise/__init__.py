"""ConnectWise PSA as it answers on the wire, over simulated MSPs."""

from .access import Credentials as Credentials
from .access import Role as Role
from .simulator import ConnectWiseSimulator as ConnectWiseSimulator
