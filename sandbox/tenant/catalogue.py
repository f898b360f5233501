"""Products and service plans with Microsoft's real ids.

From Microsoft's "Product names and service plan identifiers for licensing". Which plans a SKU holds changes over
time; the sets below are the usual ones, shortened for E1 and E3.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Plan:
    """A service plan; `service` is what assignedPlans calls it."""

    id: str
    name: str
    service: str


@dataclass(frozen=True)
class Product:
    sku_id: str
    part_number: str
    name: str
    plans: tuple[Plan, ...]


# Plans that carry a mailbox, by id: EXCHANGE_S_FOUNDATION and the archive plans do not.
MAILBOX_PLAN_IDS = frozenset(
    {
        "9aaf7827-d63c-4b61-89c3-182f06f82e5c",  # EXCHANGE_S_STANDARD
        "efb87545-963c-4e0d-99df-69c6916d9eb0",  # EXCHANGE_S_ENTERPRISE
        "4a82b400-a79f-41a4-b4e2-e94f5787b113",  # EXCHANGE_S_DESKLESS
        "90927877-dcff-4af6-b346-2332c0b15bb7",  # EXCHANGE_B_STANDARD
        "d42bdbd6-c335-4231-ab3d-c8f348d5aff5",  # EXCHANGE_L_STANDARD
        "1126bef5-da20-4f07-b45e-ad25d2581aa8",  # EXCHANGE_S_ESSENTIALS
        "fc52cc4b-ed7d-472d-bbe7-b081c23ecc56",  # EXCHANGE_S_STANDARD_MIDMARKET
        "8c3069c0-ccdb-44be-ab77-986203a67df2",  # EXCHANGE_S_ENTERPRISE_GOV
        "e9b4930a-925f-45e2-ac2a-3f7788ca6fdd",  # EXCHANGE_S_STANDARD_GOV
        "88f4d7ef-a73b-4246-8047-516022144c9f",  # EXCHANGE_S_DESKLESS_GOV
    }
)

EXCHANGE_STANDARD = Plan("9aaf7827-d63c-4b61-89c3-182f06f82e5c", "EXCHANGE_S_STANDARD", "exchange")
EXCHANGE_ENTERPRISE = Plan("efb87545-963c-4e0d-99df-69c6916d9eb0", "EXCHANGE_S_ENTERPRISE", "exchange")
EXCHANGE_FOUNDATION = Plan("113feb6c-3fe4-4440-bddc-54d774bf0318", "EXCHANGE_S_FOUNDATION", "exchange")
# The two cannot stand beside each other on one user ("Exchange standard vs. Exchange enterprise").
EXCLUSIVE_PLANS = frozenset({EXCHANGE_STANDARD.id, EXCHANGE_ENTERPRISE.id})

EXCHANGE_DESKLESS = Plan("4a82b400-a79f-41a4-b4e2-e94f5787b113", "EXCHANGE_S_DESKLESS", "exchange")
SHAREPOINT_STANDARD = Plan("c7699d2e-19aa-44de-8edf-1736da088ca1", "SHAREPOINTSTANDARD", "SharePoint")
SHAREPOINT_ENTERPRISE = Plan("5dbe027f-2339-4123-9542-606e4d348a72", "SHAREPOINTENTERPRISE", "SharePoint")

_TEAMS = Plan("57ff2da0-773e-42df-b2af-ffb7a2317929", "TEAMS1", "TeamspaceAPI")
_SKYPE = Plan("0feaeb32-d00e-4d66-bd5a-43b5b83db82c", "MCOSTANDARD", "MicrosoftCommunicationsOnline")
_OFFICE_WEB = Plan("e95bec33-7c88-4a70-8e19-b10bd9d0c014", "SHAREPOINTWAC", "SharePoint")
_SWAY = Plan("a23b959c-7ce8-4e57-9140-b90eb88a9e97", "SWAY", "Sway")
_YAMMER = Plan("7547a3fe-08ee-4ccb-b430-5077c5041653", "YAMMER_ENTERPRISE", "YammerEnterprise")
_INTUNE_O365 = Plan("882e1d05-acd1-4ccb-8708-6ee03664b117", "INTUNE_O365", "SCO")
_PLANNER = Plan("b737dad2-2f6c-4c65-90e3-ca563267e8b9", "PROJECTWORKMANAGEMENT", "ProjectWorkManagement")
_SEARCH = Plan("94065c59-bc8e-4e8b-89e5-5138d471eaff", "MICROSOFT_SEARCH", "Bing")
_STAFFHUB = Plan("8c7d2df8-86f0-4902-b2ed-a0458298f3b3", "Deskless", "Deskless")
_TODO_1 = Plan("5e62787c-c316-451f-b873-1d05acd4d12c", "BPOS_S_TODO_1", "To-Do")

OFFICE_365_E1 = Product(
    "18181a46-0d4e-45cd-891e-60aabd171b4e",
    "STANDARDPACK",
    "Office 365 E1",
    (
        EXCHANGE_STANDARD,
        SHAREPOINT_STANDARD,
        _OFFICE_WEB,
        _TEAMS,
        _SKYPE,
        _SWAY,
        _YAMMER,
        _INTUNE_O365,
        _PLANNER,
        _SEARCH,
        _STAFFHUB,
        _TODO_1,
        Plan("159f4cd6-e380-449f-a816-af1a9ef76344", "FORMS_PLAN_E1", "OfficeForms"),
        Plan("0f9b09cb-62d1-4ff4-9129-43f4996f83f4", "FLOW_O365_P1", "ProcessSimple"),
        Plan("92f7a6f3-b89b-4bbd-8c30-809e6da5ad1c", "POWERAPPS_O365_P1", "PowerAppsService"),
    ),
)
OFFICE_365_E3 = Product(
    "6fd2c87f-b296-42f0-b197-1e91e994b900",
    "ENTERPRISEPACK",
    "Office 365 E3",
    (
        EXCHANGE_ENTERPRISE,
        Plan("43de0ff5-c92c-492b-9116-175376d08c38", "OFFICESUBSCRIPTION", "MicrosoftOffice"),
        SHAREPOINT_ENTERPRISE,
        Plan("bea4c11e-220a-4e6d-8eb8-8ea15d019f90", "RMS_S_ENTERPRISE", "RMSOnline"),
        _OFFICE_WEB,
        _TEAMS,
        _SKYPE,
        _SWAY,
        _YAMMER,
        _INTUNE_O365,
        _PLANNER,
        _SEARCH,
        _STAFFHUB,
        Plan("c87f142c-d1e9-4363-8630-aaea9c4d9ae5", "BPOS_S_TODO_2", "To-Do"),
        Plan("2789c901-c14e-48ab-a76a-be334d9d793a", "FORMS_PLAN_E3", "OfficeForms"),
        Plan("76846ad7-7776-4c40-a281-a386362dd1b9", "FLOW_O365_P2", "ProcessSimple"),
        Plan("c68f8d98-5534-41c8-bf36-22fa496fa792", "POWERAPPS_O365_P2", "PowerAppsService"),
    ),
)
EXCHANGE_PLAN_1 = Product(
    "4b9405b0-7788-4568-add1-99614e613b69",
    "EXCHANGESTANDARD",
    "Exchange Online (Plan 1)",
    (EXCHANGE_STANDARD, _TODO_1, _INTUNE_O365),
)
EXCHANGE_PLAN_2 = Product(
    "19ec0d23-8335-4cbd-94ac-6050e30712fa",
    "EXCHANGEENTERPRISE",
    "Exchange Online (Plan 2)",
    (EXCHANGE_ENTERPRISE,),
)
POWER_AUTOMATE_FREE = Product(
    "f30db892-07e9-47e9-837c-80727f46fd3d",
    "FLOW_FREE",
    "Microsoft Power Automate Free",
    (
        Plan("17ab22cd-a0b3-4536-910a-cb6eb12696c0", "DYN365_CDS_VIRAL", "DynamicsCRM"),
        EXCHANGE_FOUNDATION,
        Plan("50e68c76-46c6-4674-81f9-75456511b170", "FLOW_P2_VIRAL", "ProcessSimple"),
    ),
)
OFFICE_365_F3 = Product(
    "4b585984-651b-448a-9e53-3b10f069cf7f",
    "DESKLESSPACK",
    "Office 365 F3",
    (
        EXCHANGE_DESKLESS,
        Plan("902b47e5-dcb2-4fdc-858b-c63a90a2bdb9", "SHAREPOINTDESKLESS", "SharePoint"),
        _TEAMS,
        _SWAY,
        _STAFFHUB,
    ),
)
BUSINESS_BASIC = Product(
    "3b555118-da6a-4418-894f-7df1e2096870",
    "O365_BUSINESS_ESSENTIALS",
    "Microsoft 365 Business Basic",
    (EXCHANGE_STANDARD, SHAREPOINT_STANDARD, _OFFICE_WEB, _TEAMS, _SWAY),
)
POWER_BI_PRO = Product(
    "f8a1db68-be16-40ed-86d5-cb42ce701560",
    "POWER_BI_PRO",
    "Power BI Pro",
    (Plan("70d33638-9c74-4d01-bfd3-562de28bd4ba", "BI_AZURE_P2", "PowerBI"),),
)
PRODUCTS = {
    product.sku_id: product
    for product in (
        OFFICE_365_E1,
        OFFICE_365_E3,
        OFFICE_365_F3,
        EXCHANGE_PLAN_1,
        EXCHANGE_PLAN_2,
        BUSINESS_BASIC,
        POWER_BI_PRO,
        POWER_AUTOMATE_FREE,
    )
}

# A plan that works only with one of the others ("depends on the service plan(s)").
DEPENDS_ON: dict[str, tuple[str, ...]] = {_OFFICE_WEB.id: (SHAREPOINT_STANDARD.id, SHAREPOINT_ENTERPRISE.id)}
# Countries where Microsoft sells none of these products.
NOT_SOLD_IN = frozenset({"CU", "IR", "KP", "SY"})
