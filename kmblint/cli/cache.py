"""`kmblint cache`: where answers are kept between runs, and how to be rid of them."""

from __future__ import annotations

import click

from kmblint.cache.folder import cache_folder, clean
from kmblint.cli.output import complain, write
from kmblint.errors import InputError
from kmblint.wording import counted


@click.group(name="cache", short_help="Show or empty the cache.")
def command() -> None:
    """Show or empty the cache: the answers of earlier runs, so that unchanged migrations aren't judged again.

    It is never needed, and deleting it does no harm. KMBLINT_CACHE_DIR says where it lies.
    """


@command.command(name="dir", short_help="Print the folder of the cache.")
def _dir() -> None:
    """Print the folder of the cache, whether there is one yet or not."""
    folder = cache_folder()
    if folder is None:
        raise InputError("this user has no home, so nothing is kept; KMBLINT_CACHE_DIR names a folder")
    write(f"{folder}\n")


@command.command(name="clean", short_help="Delete all that is kept.")
def _clean() -> None:
    """Delete all that is kept; other files in the folder stay."""
    files, size = clean()
    complain(f"{counted(files, 'file')} deleted, {size:,} bytes")
