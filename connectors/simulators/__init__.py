"""Vendors to practise on: local servers that speak the vendors' protocols over one simulated MSP."""
