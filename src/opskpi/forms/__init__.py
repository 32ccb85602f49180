"""Workbooks that belong to people and are written into: the list of improvements, and a company's own form.

Such a file is changed where it must be and nowhere else: cells are replaced in the sheet's own XML, and every part that
is not touched is kept byte by byte. A library that reads a whole workbook and writes it again loses what it does not
know: pictures, text boxes, threaded comments, macros, the look of charts.
"""
