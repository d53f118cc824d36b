# Build: docker build -t millrace .
# Run:   docker run --network host -v millrace-data:/data millrace
# The server listens on loopback only (there are no passwords yet), hence the network of the host.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json .npmrc ./
RUN npm ci --ignore-scripts
COPY . .
# The base image brings Node 24: the copies from the registry are left out.
RUN node tools/run.cjs tools/build.ts && npm prune --omit=dev --ignore-scripts && rm -rf node_modules/node node_modules/node-linux-*

FROM node:24-bookworm-slim
WORKDIR /opt/millrace
COPY --from=build /build/package.json /build/LICENSE ./
COPY --from=build /build/bin bin
COPY --from=build /build/dist dist
COPY --from=build /build/node_modules node_modules
RUN mkdir /data && chown node /data
USER node
VOLUME /data
ENV MILLRACE_DATA_DIR=/data
HEALTHCHECK CMD ["node", "-e", "fetch('http://127.0.0.1:6876/healthz').then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "bin/millrace.cjs"]
CMD ["serve"]
