"""What plans are measured by, each with its published definition."""
