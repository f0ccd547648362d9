"""Pictures in files: where they lie by their names, what is in them, and the data set that they make."""
