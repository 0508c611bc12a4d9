"""Vendors' data, brought into typed raw tables with its history."""
