"""The command ``ebf``, also as ``python -m ebf``."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command; without its libraries say how to install them."""
    try:
        from ebf.command import app  # noqa: PLC0415 - typer and rich are an extra
    except ModuleNotFoundError as error:
        sys.exit(f"ebf: {error.name} is missing: pip install 'illinois-ebf[command]'")
    app(prog_name="ebf")


if __name__ == "__main__":
    main()
