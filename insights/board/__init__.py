"""The board of improvement projects: where each stands, what it is worth, and what it rests on."""
