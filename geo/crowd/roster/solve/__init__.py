"""Making rosters: demand into shifts, shifts to teams, people to shifts, and how far that is from the best."""
