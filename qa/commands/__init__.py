"""The subcommands of `cuttings`, one module per subject."""
