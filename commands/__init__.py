"""The bodies of the command line's commands: one file a command, imported only when it runs."""
