"""Where units are: which of their position fixes can be trusted."""
