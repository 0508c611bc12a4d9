"""What technicians are told about their own work, what managers see of it, and who looked."""
