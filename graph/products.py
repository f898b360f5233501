"""Product names by part number, for what a helpdesk meets most often.

As published in Microsoft's "Product names and service plan identifiers for licensing"
(learn.microsoft.com/entra/identity/users/licensing-service-plan-reference). A part number that is not here is shown
as it is.
"""

# Part numbers in capitals: Graph writes the newer ones in mixed case.
PRODUCT_NAMES: dict[str, str] = {
    # Microsoft 365 and Office 365 for enterprises and frontline
    "SPE_E3": "Microsoft 365 E3",
    "SPE_E5": "Microsoft 365 E5",
    "SPE_F1": "Microsoft 365 F3",
    "SPE_F5_SECCOMP": "Microsoft 365 F5 Security + Compliance Add-on",
    "M365_F1": "Microsoft 365 F1",
    "M365_F1_COMM": "Microsoft 365 F1",
    "MICROSOFT_365_E3_(NO_TEAMS)": "Microsoft 365 E3 (no Teams)",
    "MICROSOFT_365_E5_(NO_TEAMS)": "Microsoft 365 E5 (no Teams)",
    "O365_W/O TEAMS BUNDLE_M3": "Microsoft 365 E3 EEA (no Teams)",
    "OFFICE_365_E1_(NO_TEAMS)": "Office 365 E1 (no Teams)",
    "OFFICE_365_E3_(NO_TEAMS)": "Office 365 E3 (no Teams)",
    "STANDARDPACK": "Office 365 E1",
    "STANDARDWOFFPACK": "Office 365 E2",
    "ENTERPRISEPACK": "Office 365 E3",
    "ENTERPRISEWITHSCAL": "Office 365 E4",
    "ENTERPRISEPREMIUM": "Office 365 E5",
    "ENTERPRISEPREMIUM_NOPSTNCONF": "Office 365 E5 Without Audio Conferencing",
    "DESKLESSPACK": "Office 365 F3",
    "DEVELOPERPACK_E5": "Microsoft 365 E5 Developer (without Windows and Audio Conferencing)",
    # Small business
    "O365_BUSINESS_ESSENTIALS": "Microsoft 365 Business Basic",
    "SMB_BUSINESS_ESSENTIALS": "Microsoft 365 Business Basic",
    "O365_BUSINESS": "Microsoft 365 Apps for Business",
    "O365_BUSINESS_PREMIUM": "Microsoft 365 Business Standard",
    "SMB_BUSINESS_PREMIUM": "Microsoft 365 Business Standard - Prepaid Legacy",
    "SPB": "Microsoft 365 Business Premium",
    # Exchange by itself
    "EXCHANGESTANDARD": "Exchange Online (Plan 1)",
    "EXCHANGEENTERPRISE": "Exchange Online (Plan 2)",
    "EXCHANGEDESKLESS": "Exchange Online Kiosk",
    "EXCHANGEESSENTIALS": "Exchange Online Essentials (ExO P1 Based)",
    "EXCHANGE_S_ESSENTIALS": "Exchange Online Essentials",
    "EXCHANGEARCHIVE": "Exchange Online Archiving for Exchange Server",
    "EXCHANGEARCHIVE_ADDON": "Exchange Online Archiving for Exchange Online",
    # Education and government
    "STANDARDWOFFPACK_STUDENT": "Office 365 A1 for Students",
    "STANDARDWOFFPACK_FACULTY": "Office 365 A1 for Faculty",
    "ENTERPRISEPACKPLUS_STUDENT": "Office 365 A3 for Students",
    "ENTERPRISEPACKPLUS_FACULTY": "Office 365 A3 for Faculty",
    "M365EDU_A3_FACULTY": "Microsoft 365 A3 for Faculty",
    "M365EDU_A3_STUDENT": "Microsoft 365 A3 for Students",
    "M365EDU_A5_FACULTY": "Microsoft 365 A5 for Faculty",
    "M365EDU_A5_STUDENT": "Microsoft 365 A5 for Students",
    "ENTERPRISEPACK_GOV": "Office 365 G3 GCC",
    "ENTERPRISEPREMIUM_GOV": "Office 365 G5 GCC",
    "M365_G3_GOV": "Microsoft 365 G3 GCC",
    # Common ones without a mailbox
    "EMS": "Enterprise Mobility + Security E3",
    "EMSPREMIUM": "Enterprise Mobility + Security E5",
    "AAD_PREMIUM": "Microsoft Entra ID P1",
    "AAD_PREMIUM_P2": "Microsoft Entra ID P2",
    "FLOW_FREE": "Microsoft Power Automate Free",
    "POWER_BI_STANDARD": "Microsoft Fabric (Free)",
    "POWER_BI_PRO": "Power BI Pro",
    "TEAMS_EXPLORATORY": "Microsoft Teams Exploratory",
    "MICROSOFT_365_COPILOT": "Copilot for Microsoft 365",
    "OFFICESUBSCRIPTION": "Microsoft 365 Apps for Enterprise",
    "MCOEV": "Microsoft Teams Phone Standard",
    "MCOMEETADV": "Microsoft 365 Audio Conferencing",
    "VISIOCLIENT": "Visio Plan 2",
    "PROJECTPROFESSIONAL": "Project Plan 3",
    "INTUNE_A": "Intune",
    "WIN_DEF_ATP": "Microsoft Defender for Endpoint",
}
