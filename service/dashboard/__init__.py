"""Pages for people who never saw an API: rendered here, with one style sheet and little script, and nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter

from service.dashboard import downloads, evidence, keys, review, settings_page, signing_in, static_files, teams, uploads, webhooks

router = APIRouter()
for _part in (signing_in, static_files, teams, evidence, downloads, uploads, review, settings_page, keys, webhooks):
    router.include_router(_part.router)
