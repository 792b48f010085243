#!/bin/sh
# Secrets come as files; Keycloak wants them in its environment, where only this process has them.
set -eu
secrets=/run/secrets/glasshouse
KC_DB_PASSWORD=$(cat "$secrets/database-keycloak-password")
KC_BOOTSTRAP_ADMIN_PASSWORD=$(cat "$secrets/identity-admin-password")
export KC_DB_PASSWORD KC_BOOTSTRAP_ADMIN_PASSWORD
exec /opt/keycloak/bin/kc.sh start --optimized --import-realm
