"""The guided path of a new MSP: from its settings to its first figures."""
