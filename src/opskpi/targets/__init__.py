"""The plan: the YAML file that says what is counted, from which rows, against which target."""
