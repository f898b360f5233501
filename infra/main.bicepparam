// What `azd env set NAME VALUE` has set; docs/install.md lists the names.
using 'main.bicep'

param environmentName = readEnvironmentVariable('AZURE_ENV_NAME')
param location = readEnvironmentVariable('AZURE_LOCATION')
param size = readEnvironmentVariable('BOT_SIZE', 'small')
param image = readEnvironmentVariable('BOT_IMAGE', '')
param databaseServer = readEnvironmentVariable('BOT_DATABASE_SERVER', '')
param resyncWebhookUrl = readEnvironmentVariable('MAILROOM_RESYNC_WEBHOOK_URL', '')
param settings = {
  MAILROOM_ADMINS: readEnvironmentVariable('MAILROOM_ADMINS', '')
  MAILROOM_APPROVAL_HOURS: readEnvironmentVariable('MAILROOM_APPROVAL_HOURS', '')
  MAILROOM_APPROVAL_RISK: readEnvironmentVariable('MAILROOM_APPROVAL_RISK', '')
  MAILROOM_APPROVERS: readEnvironmentVariable('MAILROOM_APPROVERS', '')
  MAILROOM_AUDIT_RETENTION_DAYS: readEnvironmentVariable('MAILROOM_AUDIT_RETENTION_DAYS', '')
  MAILROOM_DEFAULT_USAGE_LOCATION: readEnvironmentVariable('MAILROOM_DEFAULT_USAGE_LOCATION', '')
  MAILROOM_OPERATORS: readEnvironmentVariable('MAILROOM_OPERATORS', '')
  MAILROOM_POLL_SECONDS: readEnvironmentVariable('MAILROOM_POLL_SECONDS', '')
  MAILROOM_PROTECTED: readEnvironmentVariable('MAILROOM_PROTECTED', '')
  MAILROOM_RATE_LIMIT: readEnvironmentVariable('MAILROOM_RATE_LIMIT', '')
  MAILROOM_RETENTION_DAYS: readEnvironmentVariable('MAILROOM_RETENTION_DAYS', '')
  MAILROOM_TEAMS_RATE: readEnvironmentVariable('MAILROOM_TEAMS_RATE', '')
  MAILROOM_SEATS_WARNING: readEnvironmentVariable('MAILROOM_SEATS_WARNING', '')
  MAILROOM_MAIL_SENDER: readEnvironmentVariable('MAILROOM_MAIL_SENDER', '')
  MAILROOM_VIEWERS: readEnvironmentVariable('MAILROOM_VIEWERS', '')
}
