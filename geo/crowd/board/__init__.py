"""The day: what happened, as appended facts; the board is worked out from them and can be again, byte for byte."""
