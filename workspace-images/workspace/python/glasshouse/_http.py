"""One JSON request to the gateway. Who asks is known from the socket, so nothing identifies the caller."""

import http.client
import json

HOST, PORT = "127.0.0.1", 9000
TIMEOUT_SECONDS = 300


class GlasshouseError(Exception):
    """The platform said no, or did not answer. `code` is stable, the text is for people."""

    def __init__(self, code, message):
        super().__init__(f"{message} [{code}]")
        self.code = code


def call(method, path, body=None, headers=None):
    """The parsed answer. `body` is JSON data, or an open binary file together with its headers."""
    headers = dict(headers or {})
    if body is not None and not hasattr(body, "read"):
        body = json.dumps(body).encode()
        headers["content-type"] = "application/json"
    connection = http.client.HTTPConnection(HOST, PORT, timeout=TIMEOUT_SECONDS)
    try:
        try:
            connection.request(method, path, body=body, headers=headers)
        except (BrokenPipeError, ConnectionResetError):
            # Refused before the whole file was sent: the answer says why, if there is one.
            pass
        answer = connection.getresponse()
        text = answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise GlasshouseError("gateway_unreachable", "The platform does not answer; your work is safe, try again in a moment.") from error
    finally:
        connection.close()
    try:
        parsed = json.loads(text) if text else None
    except ValueError:
        parsed = None
    if answer.status >= 400:
        known = parsed if isinstance(parsed, dict) else {}
        raise GlasshouseError(known.get("code", f"http_{answer.status}"), known.get("message", "The platform refused without a reason."))
    return parsed
