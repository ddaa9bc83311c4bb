"""A front that moves along an event: when it comes where, by when each area must be clear, and what is done when."""
