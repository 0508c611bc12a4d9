"""How far the figures can be trusted: checks on what they are made of, grades, and what to fix at the source."""
