# Node runs the sources as they are: there is nothing to build, only dependencies to fetch.
FROM node:24-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:24-slim
ENV NODE_ENV=production
WORKDIR /app
# From what changes least to what changes most, so that a new version of the sources is one small layer.
COPY package.json ./
COPY --from=dependencies /app/node_modules ./node_modules
COPY src ./src
# Everything above belongs to root: the service can read its own sources, not change them.
USER node
EXPOSE 3000
# Asks the API; a process whose ROLES leave out `api` has none and needs `--no-healthcheck`.
HEALTHCHECK --interval=10s --timeout=3s --start-period=10s CMD ["node", "-e", \
  "fetch(`http://127.0.0.1:${process.env.PORT || 3000}/healthz`).then((a) => process.exit(a.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "src/main.ts"]
