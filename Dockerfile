# The operator's image. `docker build .` makes everything; `npm run image -- build` hands in a bundle made outside.

# For each platform of `--platform`. Nothing of another platform runs in here, so none needs to be emulated: what runs is of
# the platform that builds, and only copied from is what is of the platform that the image is for.
FROM node:24-slim AS node

# One file of JavaScript and the map of its own lines. Replaced by a build context of this name, nothing here runs.
FROM --platform=$BUILDPLATFORM node:24-slim AS bundler
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/var/cache/npm npm ci --cache=/var/cache/npm --ignore-scripts --no-audit --no-fund
COPY tsconfig.json ./
COPY hack/build hack/build
COPY src src
RUN node hack/build/main.ts

FROM scratch AS bundle
COPY --from=bundler /src/dist/ /

# Only what node is linked to, the public certificates and the time zones: no shell, no package manager.
FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS root
ARG TARGETARCH
WORKDIR /packages
RUN set -eu; \
    dpkg --add-architecture "$TARGETARCH"; \
    apt-get update -qq; \
    apt-get install -y -qq --no-install-recommends ca-certificates; \
    apt-get download -qq "libc6:$TARGETARCH" "libgcc-s1:$TARGETARCH" "libstdc++6:$TARGETARCH" tzdata; \
    mkdir -p /root-fs/var/lib/dpkg/status.d; \
    for file in *.deb; do \
      dpkg-deb --extract "$file" /root-fs; \
      # Scanners read from here what is inside and in which version.
      dpkg-deb --field "$file" > "/root-fs/var/lib/dpkg/status.d/${file%%_*}"; \
    done; \
    cd /root-fs; \
    rm -rf usr/lib/*/gconv usr/lib/*/audit usr/share/lintian usr/share/man usr/share/gdb usr/share/gcc usr/share/zoneinfo/right usr/share/zoneinfo/posix usr/sbin; \
    find usr/share/doc -type f ! -name copyright -delete; \
    mkdir -p etc/ssl/certs tmp usr/local/bin app; \
    chmod 1777 tmp; \
    cp /etc/ssl/certs/ca-certificates.crt etc/ssl/certs/; \
    cp /etc/os-release etc/os-release; \
    echo 'vish:x:65532:65532::/tmp:/usr/sbin/nologin' > etc/passwd; \
    echo 'vish:x:65532:' > etc/group

# Each layer as a tree of its own with no times, so that the same content is the same layer: a node pulls with a new version
# only what is new. `--link` below keeps it so, where COPY alone would set the times of folders that are there already.
FROM --platform=$BUILDPLATFORM debian:bookworm-slim AS trees
WORKDIR /trees
COPY --from=root /root-fs/ root/
COPY --from=node /usr/local/bin/node node/usr/local/bin/node
COPY --from=bundle /vish/ vish/app/
RUN find . -exec touch --no-dereference --date=@0 {} +

FROM scratch AS operator
COPY --link --from=trees /trees/root/ /
COPY --link --from=trees /trees/node/ /
COPY --link --from=trees /trees/vish/ /
ARG VISH_VERSION=dev
ARG VISH_COMMIT=unknown
ENV NODE_ENV=production \
    SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    MALLOC_ARENA_MAX=2 \
    VISH_VERSION=$VISH_VERSION \
    VISH_COMMIT=$VISH_COMMIT
LABEL org.opencontainers.image.title="vish" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version=$VISH_VERSION \
      org.opencontainers.image.revision=$VISH_COMMIT
USER 65532:65532
# A young generation of 2 MB instead of 16: an idle operator takes 8 MiB less, and its garbage is small.
ENTRYPOINT ["/usr/local/bin/node", "--enable-source-maps", "--max-semi-space-size=2", "/app/vish.js"]
EXPOSE 8080 8081
