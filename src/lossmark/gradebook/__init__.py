"""The stored data of a class: written by one writer, marked by hand, explained, exported.

Read `records` first, the writer: into the database (`database`, `patience`) and into folders (`folders`,
`results_file`). `marks` reads the gradebook, for `explain`, exports and the report. `answers` and `marking`
are for marks by hand; `platforms`, `students`, `exporter` and `spreadsheets` for imports from Canvas and Moodle and
exports to them.
"""
