"""From the command line's words to checked rows: every row accepted, or listed with its reason."""
