// Everything that Mailroom runs on in Azure, in a resource group of its own. `azd up` deploys it: docs/install.md.
// Names: the kind's abbreviation (Cloud Adoption Framework), mailroom, the environment, and letters that make it unique.
targetScope = 'subscription'

@description('The name of the environment, such as prod: it is part of every name.')
@minLength(1)
@maxLength(12)
param environmentName string

@description('The region of everything but the bot registration, which is global.')
param location string

@description('small: one replica is enough, a restart is a pause of a minute. large: two zones, a standby database.')
@allowed(['small', 'large'])
param size string = 'small'

@description('The image of the bot in the registry below. Empty until infra/after-provision.sh has built the first one.')
param image string = ''

@description('The database server, where it is one that was restored (docs/operate.md). Empty: the one that is made here.')
param databaseServer string = ''

@description('More settings of the bot, by their names (bot/settings.py). An empty one is as if it were not there.')
param settings object = {}

@description('The webhook that starts a directory sync (docs/resync.md). It holds a token.')
@secure()
param resyncWebhookUrl string = ''

var sizes = {
  // Each bot holds up to 28 connections, and twice as many bots run while one version replaces another; a B1ms has 35
  // (learn.microsoft.com/azure/postgresql/flexible-server/concepts-limits).
  small: {
    cpu: '0.5'
    memory: '1Gi'
    minReplicas: 1
    maxReplicas: 2
    databaseSku: 'Standard_B2s'
    databaseTier: 'Burstable'
    storageGb: 32
    backupDays: 14
    zoneRedundant: false
    logDays: 30
  }
  large: {
    cpu: '1.0'
    memory: '2Gi'
    minReplicas: 2
    maxReplicas: 5
    databaseSku: 'Standard_D2ds_v5'
    databaseTier: 'GeneralPurpose'
    storageGb: 128
    backupDays: 35
    zoneRedundant: true
    logDays: 90
  }
}
var chosen = sizes[size]
var unique = take(uniqueString(subscription().id, environmentName, location), 6)
var suffix = 'mailroom-${toLower(environmentName)}-${unique}'
var tags = { 'azd-env-name': environmentName, application: 'mailroom', size: size }

resource group 'Microsoft.Resources/resourceGroups@2024-03-01' = {
  name: 'rg-mailroom-${environmentName}'
  location: location
  tags: tags
}

module identity 'modules/identity.bicep' = {
  scope: group
  params: { name: 'id-${suffix}', location: location, tags: tags }
}

module monitoring 'modules/monitoring.bicep' = {
  scope: group
  params: { suffix: suffix, location: location, tags: tags, retentionDays: chosen.logDays }
}

module network 'modules/network.bicep' = {
  scope: group
  params: { name: 'vnet-${suffix}', location: location, tags: tags, databaseServer: 'psql-${suffix}' }
}

module registry 'modules/registry.bicep' = {
  scope: group
  params: {
    name: replace('cr${suffix}', '-', '')
    location: location
    tags: tags
    pullerId: identity.outputs.principalId
  }
}

module postgres 'modules/postgres.bicep' = {
  scope: group
  params: {
    name: empty(databaseServer) ? 'psql-${suffix}' : databaseServer
    location: location
    tags: tags
    sku: chosen.databaseSku
    tier: chosen.databaseTier
    storageGb: chosen.storageGb
    backupDays: chosen.backupDays
    zoneRedundant: chosen.zoneRedundant
    subnetId: network.outputs.databaseSubnetId
    dnsZoneId: network.outputs.dnsZoneId
    identityName: identity.outputs.name
    identityPrincipalId: identity.outputs.principalId
  }
}

module host 'modules/host.bicep' = {
  scope: group
  params: {
    name: 'cae-${suffix}'
    location: location
    tags: tags
    subnetId: network.outputs.appSubnetId
    zoneRedundant: chosen.zoneRedundant
    workspaceId: monitoring.outputs.workspaceId
  }
}

module app 'modules/app.bicep' = if (!empty(image)) {
  scope: group
  params: {
    name: 'ca-${suffix}'
    location: location
    tags: tags
    environmentId: host.outputs.id
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    registryServer: registry.outputs.server
    image: image
    databaseUrl: postgres.outputs.url
    settings: settings
    resyncWebhookUrl: resyncWebhookUrl
    telemetryConnectionString: monitoring.outputs.connectionString
    cpu: chosen.cpu
    memory: chosen.memory
    minReplicas: chosen.minReplicas
    maxReplicas: chosen.maxReplicas
  }
}

module bot 'modules/bot.bicep' = if (!empty(image)) {
  scope: group
  params: {
    name: 'bot-${suffix}'
    tags: tags
    identityId: identity.outputs.id
    identityClientId: identity.outputs.clientId
    host: app!.outputs.host
  }
}

// azd keeps these in the environment: for infra/after-provision.sh, and for the app package (manifest/).
output AZURE_CONTAINER_REGISTRY_NAME string = registry.outputs.name
output AZURE_CONTAINER_REGISTRY_ENDPOINT string = registry.outputs.server
output BOT_CLIENT_ID string = identity.outputs.clientId
output BOT_HOST string = empty(image) ? '' : app!.outputs.host
output AZURE_RESOURCE_GROUP string = group.name
