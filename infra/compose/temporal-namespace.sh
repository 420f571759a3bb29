#!/bin/sh
# makes the namespace, or gives the one that is there its retention; can be repeated
set -eu
temporal operator namespace describe --namespace "$TEMPORAL_NAMESPACE" >/dev/null 2>&1 ||
  exec temporal operator namespace create --namespace "$TEMPORAL_NAMESPACE" --retention 30d
exec temporal operator namespace update --namespace "$TEMPORAL_NAMESPACE" --retention 30d
