"""The marks that end sentences and paragraphs: one truth for 同句, 同段, snippets, headings and pages.

The constants are for use one by one and within a character class.
"""

STOPS = "。！？!?"
SEMICOLONS = "；;"
PARAGRAPH_ENDS = "\n"
SENTENCE_ENDS = STOPS + SEMICOLONS + PARAGRAPH_ENDS
