# Two images from one file: `service` answers predictions, `trainer` makes the versions it serves.
#
#   docker build --target service -t tabuada-service .
#   docker build --target trainer -t tabuada-trainer .
#
# Build arguments:
#   VARIANT          cpu (default) or gpu: which lock files in requirements/ are installed
#   SOURCE_REVISION  revision of the source, recorded in what the trainer publishes
#   PIP_INDEX_URL    a mirror of the package index, where the public one is out of reach
#
# Neither BuildKit nor any of its syntax is needed, so that Debian's engine builds it too. That
# builder runs every stage above its target: the service, the smaller one, comes first.

FROM python:3.12-slim-bookworm AS base

ENV PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PATH=/opt/venv/bin:$PATH \
    HOME=/tmp \
    TABUADA_ARTIFACTS=/data/artifacts

# A named volume takes over the owner of the folder it is first mounted on: hence the empty ones.
RUN groupadd --gid 10001 tabuada \
    && useradd --uid 10001 --gid tabuada --home-dir /tmp --no-create-home --shell /usr/sbin/nologin tabuada \
    && mkdir -p /data/artifacts /data/runs \
    && chown -R tabuada:tabuada /data

WORKDIR /app


FROM base AS service-environment

ARG VARIANT=cpu
ARG PIP_INDEX_URL
COPY requirements/ /requirements/
RUN case "$VARIANT" in \
        cpu) lock=serve.txt ;; \
        gpu) lock=serve-gpu.txt ;; \
        *) echo "expected VARIANT to be cpu or gpu. Received: $VARIANT" >&2; exit 2 ;; \
    esac \
    && python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --no-cache-dir --only-binary :all: \
        --require-hashes --requirement "/requirements/$lock" \
    && rm -rf /opt/venv/lib/python3.*/site-packages/tensorflow/include # 287 MB for compiling kernels


FROM base AS service

COPY --from=service-environment /opt/venv /opt/venv
COPY pyproject.toml ./
COPY tabuada/ tabuada/
COPY service/ service/
# Bytecode now, since the root file system may be read-only later; readable whatever the umask was.
RUN python -m compileall -q /app && chmod -R a+rX /app

ARG SOURCE_REVISION=unknown
ENV TABUADA_HOST=0.0.0.0 \
    TABUADA_PORT=8000 \
    TABUADA_SOURCE_REVISION=$SOURCE_REVISION
LABEL org.opencontainers.image.title="Tabuada service" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$SOURCE_REVISION

USER 10001:10001
EXPOSE 8000
# Past any proxy of the environment: the question never leaves the container.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:' + os.environ['TABUADA_PORT'] + '/health/ready', timeout=4)"]
ENTRYPOINT ["python", "-m", "service"]


FROM base AS trainer-environment

ARG VARIANT=cpu
ARG PIP_INDEX_URL
COPY requirements/ /requirements/
RUN case "$VARIANT" in \
        cpu) lock=train.txt ;; \
        gpu) lock=train-gpu.txt ;; \
        *) echo "expected VARIANT to be cpu or gpu. Received: $VARIANT" >&2; exit 2 ;; \
    esac \
    && python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --no-cache-dir --only-binary :all: \
        --require-hashes --requirement "/requirements/$lock" \
    && rm -rf /opt/venv/lib/python3.*/site-packages/tensorflow/include # 287 MB for compiling kernels


FROM base AS trainer

COPY --from=trainer-environment /opt/venv /opt/venv
COPY pyproject.toml ./
COPY tabuada/ tabuada/
COPY trainer/ trainer/
RUN python -m compileall -q /app && chmod -R a+rX /app

ARG SOURCE_REVISION=unknown
ENV KERAS_BACKEND=tensorflow \
    MPLBACKEND=Agg \
    MPLCONFIGDIR=/tmp/matplotlib \
    TABUADA_SOURCE_REVISION=$SOURCE_REVISION
LABEL org.opencontainers.image.title="Tabuada trainer" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.revision=$SOURCE_REVISION

USER 10001:10001
EXPOSE 6006
ENTRYPOINT ["python", "-m", "trainer"]
CMD ["--help"]
