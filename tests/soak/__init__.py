"""Weeks of a virtual calendar with everything going wrong; at the end every tenant has to know the truth."""
