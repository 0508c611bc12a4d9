"""Technicians may dispute any ticket that counts for them; a manager decides, and the figures follow."""

from kpis.disputes.listed import own

__all__ = ["own"]
