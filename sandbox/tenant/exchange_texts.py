"""What Exchange says when it cannot take a user over: XML, as in errorDetail of serviceProvisioningErrors.

The wordings follow KB 3042584 (proxy address in use) and KB 4053483 (archive GUID).
"""

from xml.sax.saxutils import escape

_NAMESPACE = "http://schemas.microsoft.com/online/serviceinstance/2011/06"


def address_in_use(address: str, holder: str, initial_domain: str) -> str:
    holder_path = f"{initial_domain}/{holder}"
    return _record(
        "ExchangeProxyAddressInUse",
        f'The proxy address "SMTP:{address}" is already being used by the proxy addresses or LegacyExchangeDN of '
        f'"{holder_path}". Please choose another proxy address.',
    )


def archive_guid(wanted: str, found: str) -> str:
    return _record(
        "ExchangeArchiveGuidMismatch",
        f"Failed to sync the ArchiveGuid {wanted or '00000000-0000-0000-0000-000000000000'} of mailbox because one "
        f"cloud archive {found} exists.",
    )


def other(code: str, sentence: str) -> str:
    return _record(code, sentence)


def _record(code: str, sentence: str) -> str:
    return (
        f'<ServiceInstance xmlns="{_NAMESPACE}"><ObjectErrors><ErrorRecord><ErrorCode>{escape(code)}</ErrorCode>'
        f"<ErrorDescription>{escape(sentence)}</ErrorDescription></ErrorRecord></ObjectErrors></ServiceInstance>"
    )
