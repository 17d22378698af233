"""Keep an index equal to the database: the outbox, following it, rebuilding, proving that both agree."""
