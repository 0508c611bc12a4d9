"""MSPs, their settings and people, and the walls between them."""
