# The bot, and nothing else. Built with --build-arg REQUIREMENTS=requirements-telemetry.txt it can send traces, too;
# with requirements-agents.txt it runs on the Agents SDK alone, and wants MAILROOM_STACK=agents.
# The base is pinned by version; add its digest (docker buildx imagetools inspect) where your rules ask for it.
FROM python:3.11.14-slim-bookworm AS build
ARG REQUIREMENTS=requirements.txt
WORKDIR /app
COPY requirements*.txt ./
RUN python -m venv --without-pip /opt/venv \
    && pip --python /opt/venv/bin/python install --no-cache-dir --no-compile --require-hashes -r "$REQUIREMENTS" \
    && find /opt/venv -name kiota-dom-export.txt -delete
COPY bot bot
COPY cards cards
COPY graph graph
COPY handlers handlers
COPY jobs jobs
COPY provisioning provisioning
# Compiles what is imported: the Graph SDK has some 16,000 files, of which few ever are.
RUN rm requirements*.txt \
    && /opt/venv/bin/python -c "import bot.__main__, bot.app, bot.cli, bot.audit, bot.doctor, bot.retention, bot.seal_key, bot.terminal.looking, bot.terminal.ordering, bot.terminal.repairs, bot.terminal.signing_in" \
    && { /opt/venv/bin/python -c "import bot.stack_botbuilder" || /opt/venv/bin/python -c "import bot.stack_agents"; }

FROM python:3.11.14-slim-bookworm
# /app/var is where a SQLite database would be; with PostgreSQL nothing is ever written.
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin mailroom \
    && mkdir -p /app/var && chown 10001:10001 /app/var
COPY --from=build /opt/venv /opt/venv
COPY --from=build /app /app
WORKDIR /app
ENV PATH=/opt/venv/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 MAILROOM_HOST=0.0.0.0 MAILROOM_PORT=3978
USER 10001:10001
EXPOSE 3978
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s CMD ["python", "-c", \
    "import os, urllib.request as r; r.urlopen(f'http://127.0.0.1:{os.environ[\"MAILROOM_PORT\"]}/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "bot"]
