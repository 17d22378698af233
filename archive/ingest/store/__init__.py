"""From a draft to a row: is it new, what does it look like, how is it written into the database."""
