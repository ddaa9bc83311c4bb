"""The planner's table: ground out of the store, the session of one person, and what goes out of it."""
