"""From the text of a file to the text of the material: what sites add goes, and is recorded."""
