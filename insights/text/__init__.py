"""What tickets say: cleaned, read in two languages, and without what is private."""
