"""Tags of the templates (Django finds them here)."""
