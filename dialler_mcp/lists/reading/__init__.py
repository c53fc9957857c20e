"""A file of people as a table of rows, whatever the file is: CSV, XLSX, XLS, ODS, JSON, JSON Lines.

`table.read` is the way in. A reader for each format gives `Line`s, `layout` finds the head among them, and `Table.rows`
gives what lies below it.
"""
