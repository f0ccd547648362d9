"""Records become a conclusion. Knows no files, no pages and no torch."""
