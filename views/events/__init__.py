"""Parts of the Event page."""
