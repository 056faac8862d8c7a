"""Pages for people who never saw an API: rendered here, with one style sheet and little script, and nothing from elsewhere."""

from __future__ import annotations

from fastapi import APIRouter

from service.dashboard import evidence, signing_in, static_files, teams, uploads

router = APIRouter()
for _part in (signing_in, static_files, teams, evidence, uploads):
    router.include_router(_part.router)
