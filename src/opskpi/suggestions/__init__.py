"""Proposals for a mapping: what a sheet's columns seem to be, written as commented YAML for `--source`.

The house: `rows` finds the heading, `columns` reads what stands below, `known` and `phrases` say what headings
mean, `fits` what values allow, `candidates` and `proposals` put both together, `traits` looks at how cells are
written; `header`, `forms`, `manners`, `vocabularies` and `yaml` write it down, and `drafts` is the story. What
rests on likeness alone is never applied: it is written as a comment.
"""
