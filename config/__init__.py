"""How the parts run together: settings, addresses, schedule, embedded services."""
