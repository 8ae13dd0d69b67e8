# The function as a container: `docker build -t fluxmark:dev .`, see docs/hosts.md.
#
# The base is pinned by the digest of its multi-architecture index. Another one that has Python 3.11 or newer, and `nobody`
# in its passwd, does as well: --build-arg PYTHON_IMAGE=python:3.13-slim
ARG PYTHON_IMAGE=docker.io/library/python:3.11.16-slim@sha256:9c900dea9e8fb7e16277c179b555cc72d29a352dbc33cff48ad5a0412fd5bfc7

FROM ${PYTHON_IMAGE} AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1 PIP_ROOT_USER_ACTION=ignore
WORKDIR /build
COPY requirements.lock requirements-build.lock ./
# two environments: what builds stays here; what runs is copied, and has no pip
RUN python3 -m venv /opt/build \
 && /opt/build/bin/python -m pip install --quiet --require-hashes --only-binary :all: -r requirements-build.lock \
 && python3 -m venv --without-pip /opt/fluxmark \
 && /opt/build/bin/python -m pip --python /opt/fluxmark/bin/python install --quiet --no-compile \
      --require-hashes --only-binary :all: -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY fn ./fn
COPY docs ./docs
# bytecode that is never checked against its source: the root file system may be read-only, and nothing in it changes;
# and nothing that no run needs: commands and tests of dependencies, types
RUN /opt/build/bin/python -m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist . \
 && /opt/build/bin/python -m pip --python /opt/fluxmark/bin/python install --quiet --no-compile --no-deps --no-index dist/*.whl \
 && /opt/fluxmark/bin/python -m compileall -q -f -j 0 --invalidation-mode unchecked-hash /opt/fluxmark/lib \
 && find /opt/fluxmark/bin -type f,l ! -name 'python*' ! -name fluxmark -delete \
 && find /opt/fluxmark/lib \( -name '*.pyi' -o -path '*/tests/*' \) -delete
# smoke test: libyaml and RE2 are there, and a list goes through
RUN /opt/fluxmark/bin/python -c 'import re2, yaml; assert yaml.__with_libyaml__ and re2.fullmatch("(?P<n>a+)", "aa")' \
 && printf 'apiVersion: config.kubernetes.io/v1\nkind: ResourceList\nitems: []\n' > /tmp/list.yaml \
 && /opt/fluxmark/bin/fluxmark < /tmp/list.yaml | cmp - /tmp/list.yaml

FROM ${PYTHON_IMAGE}
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="fluxmark" \
      org.opencontainers.image.description="KRM function that injects, checks and updates for Flux image automation without reformatting a file" \
      org.opencontainers.image.source="https://github.com/fluxmark/fluxmark" \
      org.opencontainers.image.documentation="https://github.com/fluxmark/fluxmark/blob/main/docs/hosts.md" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"
COPY --from=build /opt/fluxmark /opt/fluxmark
# PYTHONSAFEPATH: what is mounted on the working directory is data, never modules
ENV PATH=/opt/fluxmark/bin:/usr/local/bin:/usr/bin:/bin \
    PYTHONDONTWRITEBYTECODE=1 PYTHONNOUSERSITE=1 PYTHONSAFEPATH=1 PYTHONUTF8=1
# mount a package here, and relative paths of a configuration are found
WORKDIR /src
# nobody, as kpt and kustomize run it
USER 65534:65534
ENTRYPOINT ["/opt/fluxmark/bin/fluxmark"]
