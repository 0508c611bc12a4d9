"""A naive KPI engine, obviously right rather than fast, that the SQL engine is checked against."""
