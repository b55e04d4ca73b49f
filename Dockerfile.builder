# The image of the build pods: git, BuildKit and the three steps. `npm run image -- build builder` hands in a bundle made outside.

FROM node:24-slim AS node

FROM moby/buildkit:v0.32.2 AS buildkit

# One file of JavaScript. Replaced by a build context of this name, nothing here runs.
FROM node AS bundler
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache=/var/cache/npm --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY hack/build hack/build
COPY src src
RUN node hack/build/main.ts

FROM scratch AS bundle
COPY --from=bundler /src/dist/ /

FROM debian:bookworm-slim AS builder
# The user has a line in passwd, because ssh does not run for one that nobody knows.
RUN set -eu; \
    apt-get update -qq; \
    apt-get install -y -qq --no-install-recommends ca-certificates git isal libcap2-bin libseccomp2 libstdc++6 openssh-client uidmap xz-utils; \
    echo 'vish:x:65532:65532::/nonexistent:/usr/sbin/nologin' >> /etc/passwd; \
    echo 'vish:x:65532:' >> /etc/group; \
    # The namespace is the step's user's: root, which setuid would make of it, may not write its map.
    chmod u-s /usr/bin/newuidmap /usr/bin/newgidmap; \
    setcap cap_setuid=ep /usr/bin/newuidmap; \
    setcap cap_setgid=ep /usr/bin/newgidmap; \
    # Whom a rootless BuildKit has beside itself.
    echo 'vish:100000:65536' | tee /etc/subuid > /etc/subgid; \
    rm -rf /var/lib/apt/lists/* /var/cache/apt /var/log/*
COPY --from=node /usr/local/bin/node /usr/local/bin/node
COPY --from=buildkit /usr/bin/buildkitd /usr/bin/buildctl /usr/bin/buildkit-runc /usr/bin/
COPY --from=bundle /step/ /opt/vish/
ENV NODE_ENV=production \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    NODE_COMPILE_CACHE=/opt/vish/cache
# Each step is a process of some seconds: compiled once here, it starts in a third of the time.
RUN node /opt/vish/step.js || true; chmod -R a+rX /opt/vish
USER 65532:65532
CMD ["node", "/opt/vish/step.js"]
