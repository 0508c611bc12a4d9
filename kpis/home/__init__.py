"""The managers' first page, by its parts."""
