<#
.SYNOPSIS
    Starts one delta synchronisation of Microsoft Entra Connect: what MAILROOM_RESYNC_WEBHOOK_URL calls.
.DESCRIPTION
    An Azure Automation runbook for a Hybrid Runbook Worker on the Entra Connect server (docs/resync.md). It takes
    nothing from the caller: whoever has the webhook's URL can start a delta synchronisation, and nothing else.
#>
param(
    # Azure Automation hands in what was posted. It is not looked at.
    [object] $WebhookData
)

$ErrorActionPreference = 'Stop'
Import-Module ADSync

$scheduler = Get-ADSyncScheduler
if ($scheduler.StagingModeEnabled) {
    throw 'This server is in staging mode: it exports nothing. Install the worker on the active one.'
}
if ($scheduler.SyncCycleInProgress) {
    Write-Output 'A synchronisation is under way already; nothing was started.'
    return
}
Start-ADSyncSyncCycle -PolicyType Delta | Out-Null
Write-Output 'A delta synchronisation was started.'
