# The grader with ExecuTorch, on a CPU. docs/docker.md has the options of `docker run` that the
# isolation of hand-ins needs.
FROM python:3.11-slim AS build
WORKDIR /source
COPY . .
RUN pip wheel --no-cache-dir --no-deps --wheel-dir /wheel .

FROM python:3.11-slim
# The index of PyTorch's CPU builds. Without it, a PC gets the CUDA build of several GB.
ARG TORCH_INDEX=""
# "fetch" downloads the complete test set into the image; "sample" leaves the 1,000 images.
ARG TEST_SET="sample"
# Debian's security updates replace versions, so none is pinned.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install -y --no-install-recommends bubblewrap \
    && rm -rf /var/lib/apt/lists/*
COPY constraints.txt /tmp/
COPY --from=build /wheel /tmp/wheel
# The wheel has no version here, and constraints.txt has those that measurements depend on.
# hadolint ignore=DL3013
RUN pip install --no-cache-dir ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "torch==2.13.*" \
    && for wheel in /tmp/wheel/*.whl; do \
        pip install --no-cache-dir --constraint /tmp/constraints.txt "${wheel}[executorch]" || exit 1; \
    done \
    && rm -r /tmp/wheel /tmp/constraints.txt \
    && useradd --create-home --uid 1000 grader
USER 1000
WORKDIR /home/grader
RUN case "$TEST_SET" in \
        fetch) grader data fetch ;; \
        sample) ;; \
        *) echo "TEST_SET is fetch or sample." >&2; exit 1 ;; \
    esac
ENTRYPOINT ["grader"]
CMD ["--help"]
