#!/bin/sh
# Sockets and files are for our own group: the node agent runs as root, everything else does not.
umask 0007
exec /usr/local/bin/node "$@"
