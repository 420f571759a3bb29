# one image for every role of the worker and for the `waterclock` command
#   docker build -t waterclock .                           the service
#   docker build -t waterclock-warehouse --target local-warehouse .   the Redshift Data API over a PostgreSQL
# pin the base by digest in a release: --build-arg NODE_IMAGE=node:22.23.3-bookworm-slim@sha256:...
ARG NODE_IMAGE=node:22.23.3-bookworm-slim

# --- compiled code, and the workflows as one bundle
FROM ${NODE_IMAGE} AS build
WORKDIR /src
COPY package.json package-lock.json ./
COPY create-waterclock/package.json create-waterclock/
COPY ecs-local/package.json ecs-local/
COPY examples/package.json examples/
COPY infra/package.json infra/
COPY local/package.json local/
COPY redshift-local/package.json redshift-local/
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY . .
RUN node infra/image/build.mjs dist \
 && rm -r dist/infra

# --- what the service needs at run time: the package waterclock alone, without what its workspaces need; this platform's core only
FROM ${NODE_IMAGE} AS packages
WORKDIR /app
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --workspaces=false --ignore-scripts --no-audit --no-fund \
 && find node_modules/@temporalio/core-bridge/releases -mindepth 1 -maxdepth 1 ! -name "$(uname -m)-unknown-linux-gnu" -exec rm -r {} + \
 && find node_modules -name '*.map' -delete

# --- dbt from its lock, at the path it will be run from
FROM ${NODE_IMAGE} AS dbt
RUN apt-get update \
 && apt-get install -y --no-install-recommends python3 python3-venv \
 && rm -rf /var/lib/apt/lists/*
COPY local/python/dbt.lock.txt /tmp/
RUN python3 -m venv /opt/dbt \
 && /opt/dbt/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes --no-deps --only-binary :all: -r /tmp/dbt.lock.txt \
 && /opt/dbt/bin/pip uninstall -y pip setuptools

FROM ${NODE_IMAGE} AS service
RUN apt-get update \
 && apt-get install -y --no-install-recommends ca-certificates python3 tini \
 && rm -rf /var/lib/apt/lists/* /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn*
WORKDIR /app
COPY --from=dbt /opt/dbt /opt/dbt
COPY --from=packages /app/node_modules node_modules
COPY --from=build /src/dist .
COPY examples/dbt examples/dbt
RUN rm -r redshift-local ecs-local && ln -s /app/starter/bin.mjs /usr/local/bin/waterclock && chmod 755 /app/starter/bin.mjs
# of glibc: two heaps for all threads, see local/worker-memory.ts
ENV NODE_ENV=production \
    MALLOC_ARENA_MAX=2 \
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true \
    WATERCLOCK_DBT=/opt/dbt/bin/dbt \
    WATERCLOCK_PROJECT=/app/examples \
    WATERCLOCK_HEALTH_FILE=/tmp/waterclock-health.json
# Fargate mounts a volume with the rights of this folder; root would own it otherwise
VOLUME /tmp
USER 1000
ENTRYPOINT ["tini", "--"]
CMD ["waterclock", "--help"]

# --- the local Redshift in front of a PostgreSQL, for docker-compose.yml: a package of its own
FROM ${NODE_IMAGE} AS local-warehouse
WORKDIR /app
COPY package.json package-lock.json ./
COPY redshift-local/package.json redshift-local/
RUN npm ci --omit=dev --omit=optional --workspace redshift-local --ignore-scripts --no-audit --no-fund
COPY --from=build /src/dist/redshift-local redshift-local
ENV NODE_ENV=production \
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED=true
USER 1000
CMD ["node", "redshift-local/main.js"]

# the last stage is what `docker build` makes without --target
FROM service
