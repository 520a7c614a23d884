"""The command ``plantproof``: one file per command, loaded only when it is called."""

from __future__ import annotations

import importlib
import sys
import traceback
from collections.abc import Sequence
from typing import Any

import click

from simulator.core.errors import InputError, Interrupted
from simulator.core.verdict import Exit

COMMANDS = {
    "init": "Copy a starter project into a new folder.",
    "check": "Check a suite and everything it reaches, without running it.",
    "commission": "Measure a plant before its AI may act, and write its commissioning file.",
    "run": "Run a suite, judge it, and write results and report.",
    "envelope": "Survey a plane of two numbers: safe, held by which layer, unsafe.",
    "rare": "Estimate how often a requirement fails, where failures are too rare to be counted.",
    "falsify": "Search a question for what violates its requirements, and write it as a scenario.",
    "assess": "Judge a results folder again, or recorded plant data.",
    "campaign": "Run a suite's questions far beyond its plan, and count; demands per plant-year.",
    "report": "Write the report of a results folder.",
    "plot": "Write the figures of a results folder as PNG and SVG.",
    "policy": "Look at a policy file: contract, operators, fingerprint, warnings.",
    "list": "List plants, threats, mutants, catalogued scenarios, or results.",
    "ablate": "Take layers away, alone and in pairs: what each is worth.",
    "handover": "Prove the hand-over from a failed AI, and that the operator's override always wins.",
    "serve": "Serve a plant over Modbus TCP in real time, for any client.",
    "registers": "Print the Modbus registers of a plant: addresses, scales, who may write.",
    "controller": "Be the AI host of a plant: a Modbus client of its PLC.",
    "relay": "Stand between an AI host and its PLC, with the threats of a question.",
    "replay": "Run one replica of a results folder again and compare it.",
}


class Lazy(click.Group):
    """A group that knows its commands' names and loads only the one that is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"simulator.cli.{cmd_name}_")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="plantproof")
def cli() -> None:
    """Tests whether an AI controller may be switched on: off the real plant, behind its safeguards.

    Exit codes: 0 all pass, 1 a requirement failed, 2 the input is wrong, 3 inconclusive or void.
    """


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the command line and leave with one of the four exit codes."""
    sys.exit(int(run(arguments)))


def run(arguments: Sequence[str] | None = None) -> Exit:
    """Run the command line; every mistake becomes a message and an exit code, never a traceback."""
    try:
        result: Any = cli.main(args=arguments, standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return Exit.BAD_INPUT
    except BrokenPipeError:
        sys.stderr.close()
        return Exit.NOT_DECIDED
    except (Exception, KeyboardInterrupt) as error:
        return _say(*_meaning(error))
    return result if isinstance(result, Exit) else Exit.PASSED


def _meaning(error: BaseException) -> tuple[str, Exit]:
    """What to say of an error, and its exit code; a bug must not look like a failed requirement."""
    if isinstance(error, InputError):
        return str(error), Exit.BAD_INPUT
    if isinstance(error, KeyboardInterrupt | click.Abort | Interrupted):
        return f"interrupted; {error}" if str(error) else "interrupted", Exit.NOT_DECIDED
    if isinstance(error, OSError):
        return f"{error.filename or ''}: {error.strerror or error}".lstrip(": "), Exit.NOT_DECIDED
    traceback.print_exception(error)
    return "internal error: nothing in this run may be relied on", Exit.NOT_DECIDED


def _say(text: str, code: Exit) -> Exit:
    click.echo(text, err=True)
    return code
