"""Topics, improvement projects and their effect: built on the KPIs, not yet part of a release."""
