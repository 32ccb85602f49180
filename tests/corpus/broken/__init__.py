"""Broken exports: cells that cost their row, and files that cannot be used at all.

Declared like traps, so that the same list makes the corpus and the page; each expects its rejected rows or
its one sentence.
"""
