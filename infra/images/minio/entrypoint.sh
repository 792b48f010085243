#!/bin/sh
# The object store. Everything written is encrypted at rest under the key in a file; the browser console
# is off and nothing calls home.
set -eu
secrets=/run/secrets/glasshouse
export MINIO_ROOT_USER=glasshouse-root
MINIO_ROOT_PASSWORD=$(cat "$secrets/store-root-password")
MINIO_KMS_SECRET_KEY=glasshouse:$(cat "$secrets/store-encryption")
export MINIO_ROOT_PASSWORD MINIO_KMS_SECRET_KEY
export MINIO_KMS_AUTO_ENCRYPTION=on MINIO_BROWSER=off MINIO_UPDATE=off MINIO_CALLHOME_ENABLE=off HOME=/tmp
exec minio server --quiet --address :9000 --certs-dir /tmp/none /data
