"""One map layer per file: a folium element that says how to draw a thing. Each file ends in a SPEC."""
