# syntax=docker/dockerfile:1.7

FROM golang:1.26.8-trixie AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN go mod download
COPY . .
# Without cgo the binary needs nothing of the image it runs in.
RUN CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o /out/burnlist ./cmd/burnlist
# /data holds the SQLite file, if one is used; SQLite sorts in /tmp.
RUN mkdir -p /out/data /out/tmp && chmod 1777 /out/tmp

FROM scratch
COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/ca-certificates.crt
COPY --from=build /out/burnlist /burnlist
COPY --from=build --chown=65532:65532 /out/data /data
COPY --from=build /out/tmp /tmp
USER 65532:65532
WORKDIR /data
VOLUME ["/data"]
EXPOSE 8080
ENTRYPOINT ["/burnlist"]
# On loopback, as everywhere: to be reached from outside the container, serve
# needs --listen, --insecure-listen and the names it is reached by
# (--allowed-host). docker-compose.yml shows it.
CMD ["serve"]
