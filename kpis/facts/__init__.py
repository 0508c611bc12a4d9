"""What is counted, one module per kind of thing: a SELECT, and the metrics that are sums over its rows."""
