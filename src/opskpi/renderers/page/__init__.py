"""The page behind `renderers/html.py`: what it shows as plain values, its template, look and filters."""
