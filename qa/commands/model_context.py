"""`cuttings mcp`: the library for programs with a chat model of their own."""

import click

from qa.cli import EXIT_ANSWERED


@click.command("mcp")
@click.option("--http", is_flag=True, help="Listen at an address in place of standard input.")
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen at.")
@click.option("--port", default=8766, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--allow-host",
    "allowed_hosts",
    metavar="NAME",
    multiple=True,
    help="Another name that clients call this machine by; may be repeated.",
)
@click.pass_obj
def mcp_command(
    library: str | None, http: bool, host: str, port: int, allowed_hosts: tuple[str, ...]
) -> int:
    """Offer the library to a chat program over the Model Context Protocol.

    The program starts this command itself and speaks with it over standard input and output; with
    --http it speaks streamable HTTP at /mcp.
    """
    # As `serve`, this reaches across: the command starts the door.
    from api.mcp_server import run

    run(library=library, http=http, host=host, port=port, allowed_hosts=allowed_hosts)
    return EXIT_ANSWERED
