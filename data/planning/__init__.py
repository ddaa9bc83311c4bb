"""From files to units and from a plan to its files: what the command and the pages share."""
