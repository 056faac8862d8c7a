"""What somebody in quality assurance does, in a real browser with a real server and the released model; and that everybody can."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from cs_nlp.pipeline.storing import Keeping, open_organisation
from cs_nlp.settings import Settings
from cs_nlp.store import SCOPES, Store, make_key, read_feedback
from service.state import Service
from tests.service.conftest import SECRET
from tests.service.dashboard.browser import WAIT_MS, chromium, needs_chromium, sign_in, watched
from tests.service.live import running
from tests.service.reading.world import fill

pytestmark = [pytest.mark.browser, pytest.mark.slow, needs_chromium]
TEAMS = ("alder-health", "harbour-bank")
HOSTILE_FILE = "<img src=x onerror=alert(1)>.pdf"
PATHS = ("/", "/team?team=north", "/evidence?team=north&culture=aggressive", "/upload", "/review", "/settings", "/team?team=nobody")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium."""
    with chromium() as found:
        yield found


def key_of(store: Store, organisation: int) -> str:
    """What somebody shows to sign in."""
    with store.writing() as db:
        return make_key(db, organisation, "browser", SCOPES)[1]


@pytest.fixture
def mixed(tmp_path: Path, repo_root: Path) -> Path:
    """A folder as people have it: exports of two teams in several formats, and a file that is no transcript, with a hostile name."""
    folder = tmp_path / "exports"
    samples = repo_root / "data" / "samples"
    shutil.copytree(samples / TEAMS[0], folder / TEAMS[0])
    (folder / TEAMS[1]).mkdir()
    for name in ("metadata.csv", "team-chat.csv"):
        shutil.copy(samples / TEAMS[1] / name, folder / TEAMS[1])
    (folder / HOSTILE_FILE).write_bytes(b"%PDF-1.7 no transcript")
    return folder


def test_sign_in_upload_read_look_behind_a_bar_correct_labels_and_download(browser: Browser, tmp_path: Path, mixed: Path) -> None:
    settings = Settings(database=str(tmp_path / "store.db"), secret=SecretStr(SECRET), organisation="acme", threads=1, rate=1000)
    with running(settings) as (app, port):
        service: Service = app.state.service
        organisation = open_organisation(service.store, service.keeping("acme"))
        page = browser.new_page()
        page.set_default_timeout(WAIT_MS)
        complaints = watched(page)
        sign_in(page, f"http://127.0.0.1:{port}", key_of(service.store, organisation))
        expect(page.get_by_text("Nothing to show yet")).to_be_visible()

        upload(page, mixed)
        read_team(page)
        look_behind_a_bar(page)
        correct_five(page)
        with service.store.reading() as db:
            assert len(list(read_feedback(db, organisation))) == 5
        download_report(page, tmp_path / "report.html")
        page.close()
    assert complaints == []


def upload(page: Page, folder: Path) -> None:
    page.get_by_role("link", name="Add transcripts").click()
    data = page.evaluate_handle(
        """() => {
            const data = new DataTransfer();
            data.items.add(new File(["agent: I put it right.\\ncustomer: Thank you.\\n"], "dropped.txt", { type: "text/plain" }));
            return data;
        }"""
    )
    page.dispatch_event("#drop", "drop", {"dataTransfer": data})
    expect(page.locator("#stage")).to_have_text("Done", timeout=WAIT_MS)
    expect(page.locator("#list li.good")).to_contain_text("dropped.txt")
    page.locator("#folder").set_input_files(folder)
    expect(page.locator("#stage")).to_contain_text("Done, but not all", timeout=4 * WAIT_MS)
    expect(page.locator("#scored-said")).to_have_text(re.compile(r"^(\d\d+) of \1$"))
    bad = page.locator("#list li.bad")
    expect(bad).to_have_count(1)
    expect(bad).to_contain_text(HOSTILE_FILE)
    expect(bad).to_contain_text("save it as plain text")
    page.get_by_role("link", name="See the teams").click()


def read_team(page: Page) -> None:
    page.get_by_role("link", name="alder-health").click()
    expect(page.get_by_role("heading", name="What feeds it: where to push")).to_be_visible(timeout=WAIT_MS)
    expect(page.locator("figure.chart svg").first).to_be_visible()
    assert page.locator("#body[aria-busy]").count() == 0


def look_behind_a_bar(page: Page) -> None:
    page.locator('figure[data-culture="assertive"] svg .mark-symbol path').first.click()
    page.wait_for_url(re.compile(r"/evidence\?.*culture=assertive"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("Assertive")
    whole = page.get_by_role("link", name="Look at the whole time")
    if whole.count():
        whole.click()
    expect(page.locator("blockquote").first).to_be_visible()


def correct_five(page: Page) -> None:
    page.get_by_role("link", name="Review").click()
    for number in "12345":
        place = page.locator('input[name="place"]').input_value()
        page.keyboard.press(number)
        expect(page.locator('input[name="place"]')).not_to_have_value(place)
    expect(page.get_by_text("5 in this visit")).to_be_visible()


def download_report(page: Page, path: Path) -> None:
    page.get_by_role("link", name="Teams", exact=True).click()
    page.get_by_role("link", name="alder-health").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name=re.compile("Report on all teams")).click()
    waiting.value.save_as(path)
    text = path.read_text(encoding="utf-8")
    assert all(team in text for team in TEAMS)
    assert "<script src" not in text


@pytest.mark.parametrize(("width", "scheme"), [(1280, "light"), (1280, "dark"), (400, "light"), (400, "dark")])
def test_axe_finds_nothing_serious_and_nothing_is_cut_off(browser: Browser, tmp_path: Path, width: int, scheme: str) -> None:
    settings = Settings(database=str(tmp_path / "store.db"), secret=SecretStr(SECRET), organisation="acme", threads=1, score_inside=False)
    with running(settings) as (app, port):
        service: Service = app.state.service
        organisation = open_organisation(service.store, Keeping("acme", SECRET.encode()))
        fill(service.store, organisation, service.classifier.artefact, {"north": 8, "small": 3}, 8)
        page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
        page.set_default_timeout(WAIT_MS)
        address = f"http://127.0.0.1:{port}"
        page.goto(f"{address}/sign-in")
        found = {"/sign-in": serious(page)}
        sign_in(page, address, key_of(service.store, organisation))
        for path in PATHS:
            page.goto(address + quote(path, safe="/?=&"))
            expect(page.locator("[aria-busy=true]")).to_have_count(0, timeout=WAIT_MS)
            found[path] = serious(page)
            assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
        page.close()
    assert {path: faults for path, faults in found.items() if faults} == {}


def serious(page: Page) -> list[str]:
    """What axe finds on a page that is serious or critical, with the places."""
    results = Axe().run(page).response
    return [
        f"{fault['id']}: {[node['target'] for node in fault['nodes']][:5]}"
        for fault in results["violations"]
        if fault["impact"] in {"serious", "critical"}
    ]
