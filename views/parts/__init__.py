"""What several pages are made of: controls, tables, figures, answers, words."""
