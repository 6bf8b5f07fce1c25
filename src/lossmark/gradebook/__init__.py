"""What is kept of a class: written by one writer, marked by hand, explained, exported.

Read `records` first, the writer: into the database (`database`, `patience`) and into folders (`folders`,
`results_file`). `marks` reads what the gradebook says, for `explain`, exports and the report. `answers` and `marking`
are for marks by hand; `platforms`, `students`, `exporter` and `spreadsheets` for what comes from Canvas and Moodle and
goes there.
"""
