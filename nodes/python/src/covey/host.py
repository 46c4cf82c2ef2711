"""A host of models over HTTP (docs/reference/hosting.md): asks, and checks that the documents are those that were signed.

Nothing but the standard library is needed. This package has no key: whether the signature is the host's, and vouchers, are the
command's (`ask`, which runs `covey ask`), or of whoever hands `Host` a function that gives the header for a request.
"""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Callable, Dict, List, Optional, Sequence

from .command import options_of, run_covey
from .errors import CoveyError

MAX_BYTES = 16 * 2**20
LEAST_RUN = 32


def units_of(request: Dict[str, Any], window: int) -> int:
    """Tokens, or rows of features, that a model is run over for a request (`protocol/src/inference/price.ts`)."""
    if request["kind"] == "predict":
        return max(LEAST_RUN, request["rows"] * window)
    if request["kind"] == "embed":
        return max(LEAST_RUN, sum(min(len(text), window) for text in request["texts"]))
    prompt = len(request["prompt"])
    return sum(max(LEAST_RUN, min(prompt + said, window)) for said in range(request["length"]))


def price_of(model: Dict[str, Any], request: Dict[str, Any]) -> int:
    """Wei that a request costs by a model of an offer, as `Host.models()` has it under `covey`."""
    units = units_of(request, model["window"])
    return int(model["request"]) + -(-int(model["thousand"]) * units // 1000)


@dataclass(frozen=True)
class Answer:
    """What a host said, and its proof: documents, digests and signature."""

    body: Dict[str, Any]
    proof: Dict[str, Any]

    @property
    def request(self) -> Dict[str, Any]:
        """What was asked, `covey.request/1`."""
        return json.loads(base64.b64decode(self.proof["request"]))

    @property
    def document(self) -> Dict[str, Any]:
        """The signed answer, `covey.answer/1`."""
        return json.loads(base64.b64decode(self.proof["answer"]))


class Host:
    """One host, by its base URL such as `https://host.example`."""

    def __init__(self, url: str, voucher: Optional[Callable[[str, bytes], str]] = None, timeout: float = 60.0) -> None:
        self.url = url.rstrip("/")
        self.timeout = timeout
        self._voucher = voucher

    def models(self) -> List[Dict[str, Any]]:
        return self._send("/v1/models", None)["data"]

    def predict(self, model: str, rows: Sequence[Sequence[float]], values: Optional[str] = None) -> Answer:
        """Outputs of rows: `.body["outputs"]`, each number an f32 to the bit."""
        return self._ask("/v1/predict", {"model": model, "inputs": [list(map(float, row)) for row in rows], "values": values})

    def complete(self, model: str, prompt: str, **options: Any) -> Answer:
        """Text that follows a prompt; options as OpenAI names them: `max_tokens`, `temperature`, `seed`, `stop`."""
        return self._ask("/v1/completions", {"model": model, "prompt": prompt, **options})

    def chat(self, model: str, messages: Sequence[Dict[str, str]], **options: Any) -> Answer:
        return self._ask("/v1/chat/completions", {"model": model, "messages": list(messages), **options})

    def embed(self, model: str, texts: Sequence[str]) -> Answer:
        return self._ask("/v1/embeddings", {"model": model, "input": list(texts)})

    def _ask(self, path: str, body: Dict[str, Any]) -> Answer:
        answered = self._send(path, {name: value for name, value in body.items() if value is not None})
        proof = answered.get("covey")
        if not isinstance(proof, dict):
            raise CoveyError("HOST_ANSWER_INVALID", "the host proves nothing")
        for document, digest in (("request", "input"), ("answer", "output")):
            got = "0x" + hashlib.sha256(base64.b64decode(str(proof.get(document, "")))).hexdigest()
            if got != proof.get(digest):
                raise CoveyError("HOST_ANSWER_INVALID", f"the {document} is not what was signed", str(proof.get(digest)), got)
        return Answer(answered, proof)

    def _send(self, path: str, body: Optional[Dict[str, Any]]) -> Dict[str, Any]:
        data = None if body is None else json.dumps(body).encode("utf-8")
        headers = {"content-type": "application/json"}
        if self._voucher is not None and data is not None:
            headers["covey-voucher"] = self._voucher(path, data)
        request = urllib.request.Request(self.url + path, data=data, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=self.timeout) as reply:
                return json.loads(reply.read(MAX_BYTES + 1)[:MAX_BYTES])
        except urllib.error.HTTPError as refused:
            raise _refusal(refused) from None
        except (OSError, ValueError) as cause:
            raise CoveyError("HOST_UNREACHABLE", f"the host does not answer: {cause}") from cause


def _refusal(refused: urllib.error.HTTPError) -> CoveyError:
    with refused:
        try:
            error = json.loads(refused.read(MAX_BYTES))["error"]
            return CoveyError(str(error["code"]), str(error["message"]), error.get("expected"), error.get("got"))
        except (ValueError, KeyError, TypeError):
            return CoveyError(f"HTTP_{refused.code}", "the host refused")


def ask(model: str, **options: Any) -> Dict[str, Any]:
    """`covey ask`: finds hosts, pays by vouchers, checks signatures, goes on to another host where one fails.

    `ask("task-3", prompt="Once", tokens=20, key_file="me.key")` gives the command's result: host, price, answer, signature.
    """
    return run_covey(["ask", "--model", model, *options_of(options)])
