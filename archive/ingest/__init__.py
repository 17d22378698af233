"""From the bytes of a file to a row of the archive: read it, clean it, describe it, store it."""
