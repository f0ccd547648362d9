"""The official distributions of known data sets: their files, their formats, and how they are fetched."""
