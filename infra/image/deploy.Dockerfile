# the deploying container: docker compose run --rm infra cdk diff --all
ARG NODE_IMAGE=node:22.23.3-bookworm-slim
FROM ${NODE_IMAGE}
RUN apt-get update && apt-get install -y --no-install-recommends tini && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY model model
COPY infra infra
ENV PATH=/src/node_modules/.bin:$PATH
RUN mkdir .waterclock && chown node:node .waterclock
WORKDIR /src/infra
USER node
ENTRYPOINT ["tini", "--"]
CMD ["cdk", "--help"]
