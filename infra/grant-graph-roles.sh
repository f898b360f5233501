#!/bin/sh
# Grants the bot's identity the Graph permissions of docs/permissions.md and nothing more; --dry-run only says what.
#   infra/grant-graph-roles.sh CLIENT_ID [--dry-run] [--without PERMISSION]
# Sign in first, as a Privileged Role Administrator: az login --tenant TENANT_ID --allow-no-subscriptions
set -eu
cd "$(dirname "$0")/.."
make --silent setup
exec .venv/bin/python -m graph.app_roles "$@"
