"""`python -m kmblint`."""

from __future__ import annotations

from kmblint.cli import main

if __name__ == "__main__":
    main(prog_name="kmblint")
