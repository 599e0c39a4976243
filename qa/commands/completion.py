"""`cuttings completion`: what a shell needs to complete commands and options."""

import click
from click.shell_completion import get_completion_class

from qa.cli import EXIT_ANSWERED, cuttings


@click.command("completion")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion_command(shell: str) -> int:
    """Print a completion script: eval "$(cuttings completion bash)"."""
    found = get_completion_class(shell)
    if found is None:
        raise click.UsageError(f"no completion for {shell}")
    click.echo(found(cuttings, {}, "cuttings", "_CUTTINGS_COMPLETE").source())
    return EXIT_ANSWERED
