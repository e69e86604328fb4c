"""`python -m kmblint`."""

# No `from __future__ import`: that is a module too, and would be looked for in the working directory.
import sys

if not sys.flags.safe_path and sys.path and not sys.argv[0].startswith("-"):
    del sys.path[0]  # `-m` puts the working directory there, and a pull request may bring a `click.py`

from kmblint.cli import main

if __name__ == "__main__":
    main(prog_name="kmblint")
