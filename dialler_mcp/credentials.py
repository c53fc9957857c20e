"""Where the token comes from when it does not stand in the environment: a file, or the keychain of the system.

Imported only when a real dialler is configured. No error and no warning here holds any part of a token.
"""

import os
import stat
import sys
from pathlib import Path

from dialler_mcp.problem import reason_of

SERVICE = "dialler-mcp"
MAX_TOKEN = 16_384  # characters; some files, such as /dev/zero, have a line without end

MISSING = (
    "DIALLER_TOKEN is missing: set it, or DIALLER_TOKEN_FILE, or keep the token in the keychain with "
    "`dialler-mcp check --store-token`{note}. Set neither it nor DIALLER_BASE_URL for the sandbox"
)
_WITHOUT_KEYRING = " (needs `pip install dialler-mcp[keychain]`)"
_NO_KEYCHAIN = " (the keychain could not be asked just now)"


class NoToken(ValueError):
    """There is no token where the settings say. The text says what to do."""


def find_token(base_url: str, token_file: Path | None) -> str:
    """The token of this dialler: from the file when one is named, else from the keychain.

    Raises:
        NoToken: the file cannot be read or is empty, or the keychain has none.
    """
    if token_file is not None:
        return _read(token_file)
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise NoToken(MISSING.format(note=_WITHOUT_KEYRING)) from None
    try:
        token = keyring.get_password(SERVICE, _account(base_url))
    except KeyringError:
        raise NoToken(MISSING.format(note=_NO_KEYCHAIN)) from None
    if not token:
        raise NoToken(MISSING.format(note=""))
    return token


def store_token(base_url: str, token: str) -> None:
    """Keep the token of this dialler in the keychain.

    Raises:
        NoToken: there is no keychain, or it keeps nothing.
    """
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        raise NoToken("The keychain needs `pip install dialler-mcp[keychain]`; nothing was stored.") from None
    try:
        keyring.set_password(SERVICE, _account(base_url), token)
    except KeyringError:
        raise NoToken("The keychain cannot be used on this machine; use DIALLER_TOKEN_FILE.") from None


def _account(base_url: str) -> str:
    return base_url.strip().rstrip("/")


def _read(path: Path) -> str:
    """The first line of the file."""
    try:
        with path.open(encoding="utf-8-sig") as file:
            mode = os.fstat(file.fileno()).st_mode
            line = file.readline(MAX_TOKEN + 1)
    except OSError as error:
        raise NoToken(f"DIALLER_TOKEN_FILE cannot be read ({reason_of(error)})") from None
    except UnicodeDecodeError:
        raise NoToken("DIALLER_TOKEN_FILE is no text file") from None
    if len(line) > MAX_TOKEN:
        raise NoToken("DIALLER_TOKEN_FILE holds no token: its first line is too long")
    token = line.strip()
    if not token:
        raise NoToken("DIALLER_TOKEN_FILE is empty: its first line must be the token")
    if os.name == "posix" and stat.S_IMODE(mode) & 0o077:
        # Not refused: secrets that a container mounts are often readable by all, inside it.
        print("dialler-mcp: DIALLER_TOKEN_FILE can be read by others; chmod 600 it.", file=sys.stderr)
    return token
