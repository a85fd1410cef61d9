"""The command line: one lazy group that imports a subcommand's module only when it is called."""
