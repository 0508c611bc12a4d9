"""The pages of an MSP's own affairs: settings and holidays, people, API tokens."""

from tenants.admin import people, settings, tokens

__all__ = ["people", "settings", "tokens"]
