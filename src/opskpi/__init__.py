"""Judge operations-service projects against the year's targets, with evidence."""

__version__ = "0.1.0"

#: Rises whenever any figure could change for the same input, plan and moment.
COUNTING = 1
