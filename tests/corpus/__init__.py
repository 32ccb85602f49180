"""A corpus of awkward export files: the same facts in many clothings, and files that are broken.

`facts` are what happened, `oracle` what the plan makes of it, `grids` the facts as tables. A trap (`traps`,
`broken`) dresses or damages them, `formats` write them down, and `cases` lists every trap alone and in pairs.
`python -m corpus DIR` (in `tests/`) writes the files for a look; `python -m corpus` prints the matrix of
`docs/awkward-files.md`.
"""
