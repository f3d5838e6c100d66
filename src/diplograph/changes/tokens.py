"""Bearer tokens of those who may write: shown once, kept only as a salted hash, compared in constant time.

STATE/tokens.json, readable by its owner alone, holds for each token its holder's name, when it was made, a
salt and the SHA-256 of salt and token.
"""

import hashlib
import hmac
import json
import secrets
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from diplograph.errors import InvalidParameter, StorageUnavailable, UnknownResource
from diplograph.release import durable
from diplograph.release.durable import build_lock

ENTROPY = 32
"""Bytes from the system's source of randomness in a token."""
LONGEST = 200
OWNER_ALONE = 0o600
WAIT = 10.0


@dataclass(frozen=True, slots=True)
class Token:
    """What is kept of a token: enough to know it again, not enough to use it."""

    name: str
    created: str
    salt: str
    hash: str

    def is_made_of(self, secret: bytes) -> bool:
        """Whether this is the token that was shown as `secret`; takes as long for any other."""
        return hmac.compare_digest(_digest(self.salt, secret), bytes.fromhex(self.hash))


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of one knowledge base, read anew at each use, so that a revoked one ends at once."""

    state: Path

    def create(self, name: str) -> str:
        """Make a token for a holder and return it; it cannot be shown again.

        Raises InvalidParameter for a name that is empty, too long, not on one line, or taken.
        """
        if not name.strip() or len(name) > LONGEST or not name.isprintable():
            raise InvalidParameter(
                f"A name is one line of at most {LONGEST} characters.", parameters=["name"]
            )
        with self._changing():
            known = self.all()
            if any(token.name == name for token in known):
                raise InvalidParameter(
                    f"{name} has a token already.",
                    parameters=["name"],
                    hint="Revoke it first, or choose another name.",
                )
            secret = f"dg_{secrets.token_urlsafe(ENTROPY)}"
            salt = secrets.token_hex(16)
            made = Token(name, _now(), salt, _digest(salt, secret.encode()).hex())
            self._write([*known, made])
        return secret

    def revoke(self, name: str) -> None:
        """End the token of a holder. Raises UnknownResource when there is none."""
        with self._changing():
            known = self.all()
            kept = [token for token in known if token.name != name]
            if len(kept) == len(known):
                raise UnknownResource(f"{name} has no token.", near=[token.name for token in known])
            self._write(kept)

    def all(self) -> list[Token]:
        """What is kept of each token, in the order they were made. Raises StorageUnavailable for damage."""
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        try:
            return [Token(**entry) for entry in json.loads(text)]
        except (ValueError, TypeError) as error:
            raise StorageUnavailable(
                "The file of the tokens, tokens.json, is damaged.",
                hint="Restore it, or remove it and make new tokens with `diplograph token --name WHO`.",
            ) from error

    def holder(self, secret: bytes) -> str | None:
        """The name of whoever holds a token, None for one that is not known."""
        found = [token.name for token in self.all() if token.is_made_of(secret)]
        return found[0] if found else None

    @property
    def _path(self) -> Path:
        return self.state / "tokens.json"

    def _changing(self) -> AbstractContextManager[None]:
        self.state.mkdir(parents=True, exist_ok=True)
        return build_lock(self.state, WAIT, "token")

    def _write(self, tokens: list[Token]) -> None:
        text = json.dumps([asdict(token) for token in tokens], indent=2)
        durable.replace(self._path, text + "\n", OWNER_ALONE)


def _digest(salt: str, secret: bytes) -> bytes:
    return hashlib.sha256(bytes.fromhex(salt) + secret).digest()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
