// The bot: one container, never fewer than one replica, since waiting mailboxes are looked at between messages, too.
param name string
param location string
param tags object
param environmentId string
param identityId string
param identityClientId string
param registryServer string
param image string
param databaseUrl string
param settings object
@secure()
param resyncWebhookUrl string
@secure()
param telemetryConnectionString string
param cpu string
param memory string
@minValue(1)
param minReplicas int
param maxReplicas int

var port = 3978
var fixed = [
  { name: 'MAILROOM_HOST', value: '0.0.0.0' }
  { name: 'MAILROOM_PORT', value: string(port) }
  { name: 'MAILROOM_LOG_FORMAT', value: 'json' }
  { name: 'MAILROOM_TENANT_ID', value: tenant().tenantId }
  { name: 'MAILROOM_APP_TYPE', value: 'UserAssignedMSI' }
  { name: 'MAILROOM_APP_ID', value: identityClientId }
  { name: 'MAILROOM_DATABASE_URL', value: databaseUrl }
  { name: 'MAILROOM_DATABASE_LOGIN', value: 'entra' }
  { name: 'APPLICATIONINSIGHTS_CONNECTION_STRING', secretRef: 'telemetry' }
  { name: 'APPLICATIONINSIGHTS_STATSBEAT_DISABLED_ALL', value: 'true' }
]
var chosen = [for setting in items(settings): { name: setting.key, value: setting.value }]
var resync = empty(resyncWebhookUrl) ? [] : [{ name: 'MAILROOM_RESYNC_WEBHOOK_URL', secretRef: 'resync' }]
var resyncSecret = empty(resyncWebhookUrl) ? [] : [{ name: 'resync', value: resyncWebhookUrl }]

resource app 'Microsoft.App/containerApps@2024-03-01' = {
  name: name
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: { '${identityId}': {} }
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: 'Consumption'
    configuration: {
      activeRevisionsMode: 'Single'
      ingress: { external: true, targetPort: port, transport: 'http', allowInsecure: false }
      registries: [{ server: registryServer, identity: identityId }]
      secrets: concat([{ name: 'telemetry', value: telemetryConnectionString }], resyncSecret)
    }
    template: {
      terminationGracePeriodSeconds: 15 // a stop takes ten: docs/metrics.md
      containers: [
        {
          name: 'mailroom'
          image: image
          resources: { cpu: json(cpu), memory: memory }
          env: concat(fixed, resync, chosen)
          probes: [
            {
              type: 'Startup'
              httpGet: { path: '/healthz', port: port }
              periodSeconds: 5
              failureThreshold: 60
            }
            {
              type: 'Liveness'
              httpGet: { path: '/healthz', port: port }
              periodSeconds: 10
              failureThreshold: 3
            }
            {
              type: 'Readiness'
              httpGet: { path: '/readyz', port: port }
              periodSeconds: 10
              timeoutSeconds: 12
              failureThreshold: 3
            }
          ]
        }
      ]
      scale: {
        minReplicas: minReplicas
        maxReplicas: maxReplicas
        rules: [{ name: 'messages', http: { metadata: { concurrentRequests: '20' } } }]
      }
    }
  }
}

output host string = app.properties.configuration.ingress.fqdn
