"""The public schema: which MSPs there are and how a request finds its own. Nothing else is shared."""
