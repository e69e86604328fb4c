"""`python -m kmblint`."""

from __future__ import annotations

import sys

if not sys.flags.safe_path and sys.path and not sys.argv[0].startswith("-"):
    del sys.path[0]  # `-m` puts the working directory there, and a pull request may bring a `click.py`

from kmblint.cli import main

if __name__ == "__main__":
    main(prog_name="kmblint")
