"""Chinese text as it is searched: folded, masks read back, cut into words; its dates and numerals. Pure."""
