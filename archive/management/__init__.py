"""Commands (Django finds them here)."""
