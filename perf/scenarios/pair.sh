#!/bin/sh
# SPDX-License-Identifier: MIT
# pair.sh SINK SOURCE: starts the command SINK, starts SOURCE when SINK says that it is ready, and ends with both. Fails if
# one of them does.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkfifo "$folder/said"
# The words of the command lines are separated by blanks and have none inside.
# shellcheck disable=SC2086
exec_words() { exec $1; }

(exec_words "$1") >"$folder/said" &
sink=$!
exec 3<"$folder/said"
read -r ready <&3 || true
case $ready in
    *'"ready"'*) ;;
    *)
        echo "pair.sh: the sink said: $ready" >&2
        exit 1
        ;;
esac
(exec_words "$2") >/dev/null
# Drained, so that its result has somewhere to go.
cat <&3 >/dev/null
wait "$sink"
