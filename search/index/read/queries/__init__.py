"""What can be asked of a snapshot, a file for each kind of query."""
