"""From the bytes of a file to its text and marks, whatever the file is; nothing is left out yet."""
