# syntax=docker/dockerfile:1
# The console, shelflife serve, and every other command of shelflife:
#
#	docker build -t shelflife .
#	docker run --rm -p 127.0.0.1:8080:8080 -v shelflife:/data -e SHELFLIFE_SELLER=111122223333 shelflife
#
# serve asks nobody who they are. In a container it listens on every address (--anyone), so
# that the port that you publish decides who sees the listings: publish it on loopback,
# as above, or behind a proxy that asks, and name it with --host.
#
# The store is a SQLite file in the volume /data, unless --store or SHELFLIFE_STORE
# names another. Credentials come from the environment, as for every program on AWS.

FROM --platform=$BUILDPLATFORM golang:1.26 AS build
ARG TARGETOS TARGETARCH
WORKDIR /src
COPY . .
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags="-s -w" -o /out/shelflife ./lifecycle/cmd/shelflife \
    && mkdir /out/data

FROM gcr.io/distroless/static-debian12:nonroot
COPY --from=build /out/shelflife /shelflife
COPY --from=build --chown=nonroot:nonroot /out/data /data
ENV SHELFLIFE_STORE=sqlite:/data/listings.db
VOLUME /data
EXPOSE 8080
USER nonroot
ENTRYPOINT ["/shelflife"]
CMD ["serve", "--listen", ":8080", "--anyone"]
