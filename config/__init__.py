"""Settings, addresses, the server, and what stands before every page."""
