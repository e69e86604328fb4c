"""placeholder"""

import click

command = click.Command("drift")
