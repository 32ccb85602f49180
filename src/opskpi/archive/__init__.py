"""Scorecards of the past: read back from JSON or a bundle, compared, and verified."""
