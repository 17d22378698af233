"""What the archive keeps, how it gets in, how it is corrected and how it is read."""
