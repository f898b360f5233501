#!/bin/sh
# What `azd provision` cannot do by itself: grant the identity its Graph permissions, and build the image of this code
# in the registry. Both are done once: run again, it finds nothing to do. azd hands in the variables.
set -eu
cd "$(dirname "$0")/.."

# BOT_GRANT=by-hand: somebody else runs infra/grant-graph-roles.sh, because the one who deploys may not.
if [ "${BOT_GRANT:-}" != by-hand ]; then
    infra/grant-graph-roles.sh "$BOT_CLIENT_ID" || {
        echo "Ask a Privileged Role Administrator for: infra/grant-graph-roles.sh $BOT_CLIENT_ID" >&2
        echo "Then: azd env set BOT_GRANT by-hand && azd up" >&2
        exit 1
    }
fi

# The same content has the same name, so an image is built only when something in it has changed.
files=$(find Dockerfile requirements*.txt bot cards graph handlers jobs provisioning -type f ! -name '*.pyc' | LC_ALL=C sort)
tag=$(echo "$files" | xargs sha256sum | sha256sum | cut -c1-12)
image="$AZURE_CONTAINER_REGISTRY_ENDPOINT/mailroom:$tag"
if [ "${BOT_IMAGE:-}" = "$image" ]; then
    exit 0
fi
az acr build --registry "$AZURE_CONTAINER_REGISTRY_NAME" --image "mailroom:$tag" \
    --build-arg REQUIREMENTS=requirements-telemetry.txt --file Dockerfile .
azd env set BOT_IMAGE "$image"
