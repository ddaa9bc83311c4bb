"""How long people take to leave: code arithmetic, the SFPE network with Monte Carlo, and the range of both."""
