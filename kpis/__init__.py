"""The figures: computed from the raw tables by SQL, one definition per module."""
