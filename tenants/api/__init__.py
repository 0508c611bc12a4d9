"""What every resource of the API shares: errors, query parameters, pages, rows and their OpenAPI."""
