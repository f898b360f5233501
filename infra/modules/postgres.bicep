// The database. There is no password: the bot signs in with a token of its identity, and from its own network.
param name string
param location string
param tags object
param sku string
param tier string
param storageGb int
param backupDays int
param zoneRedundant bool
param subnetId string
param dnsZoneId string
param identityName string
param identityPrincipalId string

resource server 'Microsoft.DBforPostgreSQL/flexibleServers@2024-08-01' = {
  name: name
  location: location
  tags: tags
  sku: { name: sku, tier: tier }
  properties: {
    version: '16'
    createMode: 'Default'
    authConfig: {
      activeDirectoryAuth: 'Enabled'
      passwordAuth: 'Disabled'
      tenantId: tenant().tenantId
    }
    storage: { storageSizeGB: storageGb, autoGrow: 'Enabled' }
    backup: { backupRetentionDays: backupDays, geoRedundantBackup: 'Disabled' }
    highAvailability: { mode: zoneRedundant ? 'ZoneRedundant' : 'Disabled' }
    network: {
      delegatedSubnetResourceId: subnetId
      privateDnsZoneArmResourceId: dnsZoneId
    }
  }

  resource database 'databases' = {
    name: 'mailroom'
    properties: { charset: 'UTF8', collation: 'en_US.utf8' }
  }

  // The server holds nothing but Mailroom's database, so its administrator is the bot: it makes its own tables.
  resource administrator 'administrators' = {
    name: identityPrincipalId
    properties: {
      principalName: identityName
      principalType: 'ServicePrincipal'
      tenantId: tenant().tenantId
    }
    dependsOn: [database]
  }
}

var certificates = '/etc/ssl/certs/ca-certificates.crt' // of the image
var target = '${server.properties.fullyQualifiedDomainName}:5432/${server::database.name}'

output url string = 'postgresql://${identityName}@${target}?sslmode=verify-full&sslrootcert=${certificates}'
