"""The options that have a chat model write the answers."""

import os
from collections.abc import Callable
from typing import Any

import click

Command = Callable[..., Any]
MODEL, SHOW_STRUCK = "CUTTINGS_GENERATIVE__MODEL", "CUTTINGS_GENERATIVE__SHOW_STRUCK"


def chat_model_options(command: Command) -> Command:
    """Add --model and --show-struck, which stand in for their environment variables."""
    for option in (
        click.option(
            "--show-struck",
            is_flag=True,
            expose_value=False,
            callback=_setting(SHOW_STRUCK),
            help="Show the model's sentences that failed the check too, struck out, and why.",
        ),
        click.option(
            "--model",
            metavar="PROVIDER:NAME",
            expose_value=False,
            callback=_setting(MODEL),
            help="Let this chat model write; each sentence is checked against what it cites.",
        ),
    ):
        command = option(command)
    return command


def _setting(variable: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    """Return a callback that sets a variable while the command runs."""

    def set_it(ctx: click.Context, _: click.Parameter, value: str | bool | None) -> None:
        if not value:
            return
        before = os.environ.get(variable)
        os.environ[variable] = str(value).lower() if value is True else str(value)

        def restore() -> None:
            os.environ.pop(variable, None)
            if before is not None:
                os.environ[variable] = before

        ctx.call_on_close(restore)

    return set_it
