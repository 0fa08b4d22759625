"""A notebook from a student: its cells, rebuilt from the source's, and what of it can be shown."""
