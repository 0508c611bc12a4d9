"""The client review: one client's figures, agreements, machines and projects on a page that prints."""
