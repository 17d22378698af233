"""A text made ready to be read and cited: outline, anchored paragraphs, pages of a long one, citations."""
