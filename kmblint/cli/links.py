"""Whether rule names are links (OSC 8), by what terminals say of themselves."""

from __future__ import annotations

import os
from typing import Final

from kmblint.cli.output import to_terminal

_PROGRAMS: Final = frozenset({"iTerm.app", "WezTerm", "vscode", "ghostty", "Tabby", "rio", "WarpTerminal", "zed"})
_TERMS: Final = frozenset({"xterm-kitty", "xterm-ghostty", "alacritty", "foot", "foot-extra", "wezterm", "contour"})
_VTE: Final = 5000
"""GNOME's terminal and its kin follow links from 0.50 on."""
_MULTIPLEXERS: Final = ("screen", "tmux")
"""What stands between us and a terminal of which it says nothing."""


def wants_links(*, color: bool) -> bool:
    """Whether to make links of rule names on standard output, where it is coloured.

    FORCE_HYPERLINK decides where it is set (`0`: never). Else a terminal must say that it is one that follows them: by
    TERM_PROGRAM, TERM, VTE_VERSION (from 0.50), KONSOLE_VERSION, DOMTERM or WT_SESSION; what doesn't may print the
    address as text.
    """
    forced = os.environ.get("FORCE_HYPERLINK", "")
    if not color or forced == "0":
        return False
    if forced:
        return True
    term = os.environ.get("TERM", "")
    if not to_terminal() or term.startswith(_MULTIPLEXERS) or os.environ.get("TMUX"):
        return False
    vte = os.environ.get("VTE_VERSION", "")
    return (
        os.environ.get("TERM_PROGRAM") in _PROGRAMS
        or term in _TERMS
        or (vte.isdecimal() and int(vte) >= _VTE)
        or any(os.environ.get(name) for name in ("KONSOLE_VERSION", "DOMTERM", "WT_SESSION"))
    )
