"""A page for every KPI there is, those of other packages included: its answer, its numbers and what is behind them."""
