# Two images: `broker`, a nats-server of the cluster, and `steward`, the program.

FROM nats:2.15-alpine AS broker
RUN mkdir /data && chown 1000:1000 /data
COPY streams/cluster.conf /etc/nats/nats-server.conf
USER 1000:1000

FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:24-bookworm-slim AS steward
WORKDIR /opt/steward
COPY --from=build /build/package.json ./
COPY --from=build /build/dist dist
RUN ln -s /opt/steward/dist/bin/steward.js /usr/local/bin/steward && mkdir /data && chown node:node /data
USER node
WORKDIR /data
ENTRYPOINT ["steward"]
