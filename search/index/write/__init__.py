"""How an index is written: documents inverted, segments written and merged, whole generations built."""
