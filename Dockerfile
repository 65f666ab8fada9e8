# Two programs from one file: `service` answers predictions, `trainer` makes the versions it serves.
#
#   docker build --target service -t tabuada-service .
#   docker build --target trainer --build-arg LOCK=train -t tabuada-trainer .
#
# Build arguments:
#   LOCK             file in requirements/ that is installed: serve (default) or serve-gpu for the
#                    service; train, train-gpu or train-ray for the trainer
#   SOURCE_REVISION  revision of the source, recorded in what the trainer publishes
#   PIP_INDEX_URL    a mirror of the package index, where the public one is out of reach
#
# Neither BuildKit nor any of its syntax is needed, so that Debian's engine builds it too. That
# builder runs every stage above its target: packages are installed once, for all of them.

FROM python:3.12-slim-bookworm AS environment

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

ARG LOCK=serve
ARG PIP_INDEX_URL
COPY requirements/pip.txt requirements/$LOCK.txt /requirements/
# In one layer: what a later one removes is carried all the same. The pinned pip goes when it has
# done its work, the base's own with it, and so does what only builds or tests something: packages'
# tests, headers, static libraries, and libclang, which TensorFlow asks for and never loads. Bytecode
# stays: it makes the service start twice as fast, and TensorFlow load in 3 seconds instead of 8. The
# profile is for login shells, in which operators of Ray start it: they set PATH anew.
RUN python -m venv /tmp/installer \
    && /tmp/installer/bin/pip install --no-cache-dir --require-hashes \
        --requirement /requirements/pip.txt \
    && python -m venv --without-pip /opt/venv \
    && /tmp/installer/bin/pip --python /opt/venv/bin/python install --no-cache-dir \
        --only-binary :all: --require-hashes --requirement "/requirements/$LOCK.txt" \
    && cd /opt/venv/lib/python3.*/site-packages \
    && find . -depth -type d -not -path '*.dist-info/*' \( -name tests -o -name include \
        -o -path ./joblib/test -o -path ./onnx/backend/test \) -exec rm -rf {} + \
    && find . -type f \( -name '*.a' -o -name '*.h' -o -name '*.hpp' -o -name '*.pyx' \) -delete \
    && rm -rf clang libclang-*.dist-info /opt/venv/bin/f2py /opt/venv/include \
    && echo 'PATH=/opt/venv/bin:$PATH' >/etc/profile.d/tabuada.sh \
    && rm -rf /tmp/installer /usr/local/bin/pip* /usr/local/lib/python3.*/ensurepip \
        /usr/local/lib/python3.*/site-packages/pip*

WORKDIR /app


FROM environment AS service

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
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-m", "service.healthcheck"]
ENTRYPOINT ["python", "-m", "service"]


FROM environment AS trainer

ARG LOCK=serve
RUN case "$LOCK" in \
        train*) ;; \
        *) echo "expected LOCK to be train, train-gpu or train-ray. Received: $LOCK" >&2; exit 2 ;; \
    esac
COPY pyproject.toml ./
COPY tabuada/ tabuada/
COPY trainer/ trainer/
RUN python -m compileall -q /app && chmod -R a+rX /app

ARG SOURCE_REVISION=unknown
# The path is for Ray, whose processes start in folders of their own.
ENV KERAS_BACKEND=tensorflow \
    PYTHONPATH=/app \
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
