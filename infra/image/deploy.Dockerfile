# the deploying container: docker compose run --rm infra cdk diff --all
ARG NODE_IMAGE=node:22.23.3-bookworm-slim
FROM ${NODE_IMAGE}
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
WORKDIR /src
# the lock names every workspace, and definitions are read to hold the settings to them
COPY . .
RUN npm ci --ignore-scripts --no-audit --no-fund
ENV PATH=/src/node_modules/.bin:$PATH
RUN mkdir -p .waterclock && chown node:node .waterclock
WORKDIR /src/examples/infra
USER 1000
ENTRYPOINT ["tini", "--"]
CMD ["cdk", "--help"]
