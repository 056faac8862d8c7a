# The service and the worker, without what only training needs. Build: docker build -t cs-nlp .
FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
WORKDIR /src
RUN python -m venv /opt/cs-nlp
COPY requirements requirements
# The driver of PostgreSQL, in the version of the lock of development.
RUN /opt/cs-nlp/bin/pip install -r requirements/run.lock "psycopg[binary]" -c requirements/dev.lock
COPY pyproject.toml hatch_build.py README.md LICENSE CHANGELOG.md ./
COPY models/culture-en-small models/culture-en-small
COPY cs_nlp cs_nlp
COPY service service
RUN /opt/cs-nlp/bin/pip install --no-deps .

FROM python:3.13-slim-bookworm
# The standard library of OpenMP, which onnxruntime and scikit-learn load.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends libgomp1 \
    && rm -rf /var/lib/apt/lists/* \
    && useradd --system --uid 10001 cs-nlp
COPY --from=build /opt/cs-nlp /opt/cs-nlp
ENV PATH=/opt/cs-nlp/bin:$PATH PYTHONUNBUFFERED=1 CS_NLP_HOST=0.0.0.0
USER 10001
WORKDIR /srv
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
CMD ["cs-nlp", "serve"]
