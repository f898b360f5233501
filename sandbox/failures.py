"""Microsoft Graph's refusals as an exception: status, code, message, details. The dispatcher writes the JSON."""

import re
from collections.abc import Sequence

HTML_GATEWAY = (
    "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>"
    "<body><center><h1>502 Bad Gateway</h1></center><hr><center>Microsoft-Azure-Application-Gateway/v2</center>"
    "</body></html>"
)


class GraphFailure(Exception):
    """Raised anywhere below the dispatcher; becomes {"error": …} with Graph's envelope."""

    def __init__(
        self,
        status: int,
        code: str,
        message: str,
        details: Sequence[dict[str, str]] = (),
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.details = list(details)
        self.retry_after = retry_after


def bad_request(message: str, details: Sequence[dict[str, str]] = ()) -> GraphFailure:
    """The directory's 400."""
    return GraphFailure(400, "Request_BadRequest", message, details)


def not_found(name: str) -> GraphFailure:
    """The directory's 404 for an object that is absent, or not replicated yet."""
    message = f"Resource '{name}' does not exist or one of its queried reference-property objects are not present."
    return GraphFailure(404, "Request_ResourceNotFound", message)


def denied(template: str) -> GraphFailure:
    """403 for a missing application permission: each service behind Graph has its own words for it."""
    if re.search(r"/(mailboxSettings|mailFolders|sendMail|settings/exchange)\b", template):
        return GraphFailure(403, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
    if "/authentication/" in template:
        return GraphFailure(403, "accessDenied", "Request Authorization failed")
    return GraphFailure(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


def conflict(target: str) -> GraphFailure:
    """A value that must be unique is taken: told by details[].code, as Graph does."""
    message = f"Another object with the same value for property {target} already exists."
    return bad_request(message, [{"code": "ObjectConflict", "message": message, "target": target}])


def invalid_property(name: str) -> GraphFailure:
    message = f"Property {name} is invalid."
    return bad_request(message, [{"code": "InvalidValue", "message": message, "target": name}])


def invalid_value(name: str) -> GraphFailure:
    return bad_request(f"Invalid value specified for property '{name}' of resource 'User'.")
