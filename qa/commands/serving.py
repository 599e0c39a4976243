"""`cuttings serve`: the HTTP door."""

import click

from qa.cli import EXIT_ANSWERED
from qa.commands.chat_model import chat_model_options


@click.command("serve")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="Address to listen at; anything else than this machine is open to others.",
)
@click.option("--port", default=8765, show_default=True, type=click.IntRange(0, 65535))
@chat_model_options
@click.pass_obj
def serve_command(library: str | None, host: str, port: int) -> int:
    """Answer questions over HTTP until stopped."""
    # The one place that reaches across: the command starts the door, nothing in qa depends on it.
    from api.server import run

    run(library=library, host=host, port=port)
    return EXIT_ANSWERED
