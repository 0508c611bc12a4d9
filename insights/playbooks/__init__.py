"""What an MSP can do about recurring tickets: kinds of projects with their words and assumptions."""

from insights.playbooks import accounts, applications, machines, mail, monitoring, network, security
from insights.playbooks.applications import OTHER, TRAINING
from insights.playbooks.kinds import Playbook, Words

# Where the signs of two kinds are on equally many tickets, the earlier one is meant: what is merely down comes late,
# and alerts as such last.
PLAYBOOKS: tuple[Playbook, ...] = (
    TRAINING,
    *security.PLAYBOOKS,
    *accounts.PLAYBOOKS,
    *monitoring.PLAYBOOKS,
    *machines.PLAYBOOKS,
    *network.PLAYBOOKS,
    *mail.PLAYBOOKS,
    *applications.PLAYBOOKS,
    monitoring.SERVERS,
    monitoring.ALERTS,
)
BY_KEY: dict[str, Playbook] = {playbook.key: playbook for playbook in PLAYBOOKS}

__all__ = ["BY_KEY", "OTHER", "PLAYBOOKS", "TRAINING", "Playbook", "Words", "playbook_of"]


def playbook_of(archetype: str) -> Playbook:
    """Whose assumptions hold for an archetype; of one that is no playbook's, those of other projects."""
    return BY_KEY.get(archetype, OTHER)
