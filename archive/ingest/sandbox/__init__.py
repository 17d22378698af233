"""Foreign files are parsed in child processes within hard limits, never in the server itself."""
