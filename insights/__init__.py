"""Topics of recurring tickets, improvement projects with their return, and whether they paid."""
