#!/bin/sh
# Makes the cluster at first start, then runs the server in the foreground. The cluster is made in a folder
# beside its final place and moved there when complete, so that a start killed half-way leaves nothing that
# looks like data.
set -eu
data=/var/lib/postgresql/17
if [ ! -s "$data/PG_VERSION" ]; then
  rm -rf "$data" "$data.new"
  initdb --pgdata="$data.new" --username=postgres --auth-local=peer --auth-host=scram-sha-256 \
    --encoding=UTF8 --locale=C.UTF-8 --data-checksums >/dev/null
  mv "$data.new" "$data"
fi

settings="-c hba_file=/etc/glasshouse/pg_hba.conf -c unix_socket_directories=/run/postgresql
  -c password_encryption=scram-sha-256 -c shared_buffers=128MB -c max_connections=120
  -c log_min_messages=warning -c log_statement=none -c log_min_error_statement=panic -c log_parameter_max_length=0
  -c log_parameter_max_length_on_error=0 -c log_error_verbosity=terse -c synchronous_commit=on -c fsync=on"

# Roles are set over the private socket before the network can reach the server, so nobody sees a server
# whose roles are half made.
# shellcheck disable=SC2086
pg_ctl --pgdata="$data" --wait --silent --log=/tmp/prepare.log -o "$settings -c listen_addresses=''" start \
  || { cat /tmp/prepare.log >&2; exit 1; }
psql --no-psqlrc --quiet --host=/run/postgresql --username=postgres --dbname=postgres \
  --file=/etc/glasshouse/roles.sql >/dev/null
pg_ctl --pgdata="$data" --wait --silent --mode=fast stop

# shellcheck disable=SC2086
exec postgres -D "$data" $settings -c listen_addresses='*'
