"""The single checks behind find_defects: rows, shapes, tiling, nesting, codes, order, band."""
