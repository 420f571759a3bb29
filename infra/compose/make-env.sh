#!/bin/sh
# .env.example with a random value for each secret that it leaves empty: sh infra/compose/make-env.sh > .env
set -eu
cd "$(dirname "$0")/../.."
while IFS= read -r line; do
  case $line in
    \#* | '') echo "$line" ;;
    *=) echo "$line$(od -An -N24 -tx1 /dev/urandom | tr -d ' \n')" ;;
    *) echo "$line" ;;
  esac
done <.env.example
