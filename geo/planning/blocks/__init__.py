"""Units where a county has no finer areas: blocks between streets and rivers, and in them the cell of each building."""
