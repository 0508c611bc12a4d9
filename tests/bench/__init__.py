"""Figures side by side in one run: ours, the raw limit, and other ways to do the same."""
