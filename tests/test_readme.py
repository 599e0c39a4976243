"""What README.md says is there: commands, options, settings, make targets, files."""

import re
from pathlib import Path

import click
import pytest
from pydantic import BaseModel

from api.settings import ApiConfiguration
from qa.cli import COMMANDS, cuttings
from qa.configuration import Configuration

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = "\n".join(re.findall(r"^```console\n(.*?)^```", README, re.M | re.S))
USED = sorted(
    set(re.findall(r"cuttings ([a-z]+)([^\n#]*)", BLOCKS))
    | set(re.findall(r"`cuttings ([a-z]+)([^`]*)`", README))
)
VARIABLES = sorted(set(re.findall(r"`CUTTINGS_([A-Z_]+)`", README)))


@pytest.mark.parametrize(("name", "rest"), USED, ids=[f"{a}{b}".strip() for a, b in USED])
def test_a_command_and_its_options_exist(name: str, rest: str) -> None:
    assert name in COMMANDS
    command = cuttings.get_command(click.Context(cuttings), name)
    assert command
    known = {option for one in command.params for option in one.opts}
    assert set(re.findall(r"(?<!\S)--[a-z-]+", rest)) <= known


@pytest.mark.parametrize("variable", VARIABLES)
def test_a_setting_exists(variable: str) -> None:
    path = variable.lower().split("__")
    kind: type[BaseModel] = ApiConfiguration if path[0] == "api" else Configuration
    for part in path:
        assert part in kind.model_fields, part
        inner = kind.model_fields[part].annotation
        kind = inner if isinstance(inner, type) and issubclass(inner, BaseModel) else kind


def test_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in set(re.findall(r"^make ([a-z]+)", BLOCKS, re.M)):
        assert re.search(rf"^{target}:", makefile, re.M), target


def test_files_and_modules_that_are_named_exist() -> None:
    for path in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / path).exists(), path
    for module in re.findall(r"python -m ([a-z_.]+)", README):
        assert (ROOT / f"{module.replace('.', '/')}.py").exists(), module
