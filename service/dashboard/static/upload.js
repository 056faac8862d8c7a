// Sends dropped files in small parts, folder by folder, and tells what became of each as the service says it.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("upload");
  const drop = document.getElementById("drop");
  const byId = (id) => document.getElementById(id);
  const PART_FILES = 20;
  const PART_BYTES = 8 << 20;
  const counts = { good: 0, same: 0, partly: 0, bad: 0 };
  let sent = 0, all = 0, busy = false;
  for (const one of document.querySelectorAll(".script-only")) one.hidden = false;

  const post = (address, body) => fetch(address, {
    method: "POST", body, headers: { "X-CSRF-Token": form.dataset.csrf, "X-Requested-With": "fetch" },
  });
  const check = async (answer) => {
    if (!answer.ok) throw new Error(await answer.text());
    return answer;
  };

  const tell = (told) => {
    const item = document.createElement("li");
    item.className = told.state;
    for (const [kind, text] of [["strong", told.file], ["span", told.said], ["em", told.todo]]) {
      if (!text) continue;
      const part = document.createElement(kind);
      part.textContent = text;
      item.append(part, " ");
    }
    counts[told.state] += 1;
    const list = byId("list");
    if (told.state === "bad" || told.state === "partly") list.prepend(item); else list.append(item);
    byId("told").hidden = false;
    const parts = [[counts.good, "stored"], [counts.same, "here before"], [counts.partly, "stored in part"], [counts.bad, "not stored"]];
    byId("summary").textContent = parts.filter(([n]) => n).map(([n, word]) => `${n} ${word}`).join(", ");
  };
  const show = () => {
    byId("read").max = Math.max(all, 1);
    byId("read").value = sent;
    byId("read-said").textContent = `${sent} of ${all}`;
  };
  const isSide = (name) => /(^|\/)metadata\.(csv|json)$/i.test(name);

  // Parts hold files of one folder, each with the folder's side files.
  const partsOf = (files) => {
    const folders = new Map();
    for (const one of files) {
      const folder = one.name.slice(0, one.name.lastIndexOf("/") + 1);
      if (!folders.has(folder)) folders.set(folder, { sides: [], files: [] });
      folders.get(folder)[isSide(one.name) ? "sides" : "files"].push(one);
    }
    const parts = [];
    for (const { sides, files: own } of folders.values()) {
      let part = [], bytes = 0;
      for (const one of own) {
        if (part.length && (part.length >= PART_FILES || bytes + one.file.size > PART_BYTES)) { parts.push({ sides, part }); part = []; bytes = 0; }
        part.push(one);
        bytes += one.file.size;
      }
      if (part.length || !own.length) parts.push({ sides, part });
    }
    return parts;
  };

  const sendPart = async (job, { sides, part }) => {
    const data = new FormData();
    data.append("team", byId("team").value);
    data.append("detect", byId("detect").checked ? "yes" : "");
    for (const one of [...sides, ...part]) data.append("file", one.file, one.name);
    const answer = await check(await post(`/upload/jobs/${job}/files`, data));
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      rest += decoder.decode(value || new Uint8Array(), { stream: !done });
      const lines = rest.split("\n");
      rest = lines.pop();
      for (const line of lines) if (line) tell(JSON.parse(line));
      if (done) break;
    }
  };

  const watch = async (job) => {
    for (;;) {
      const now = await (await check(await fetch(`/upload/jobs/${job}`, { headers: { "X-Requested-With": "fetch" } }))).json();
      const total = Object.values(now.states).reduce((sum, n) => sum + n, 0);
      byId("scored").max = Math.max(total, 1);
      byId("scored").value = total ? now.states.scored + now.states.failed : 1;
      byId("scored-said").textContent = total ? `${now.states.scored} of ${total}${now.states.failed ? `, ${now.states.failed} failed` : ""}` : "nothing new";
      if (now.finished) return;
      await new Promise((resolve) => setTimeout(resolve, 700));
    }
  };

  const run = async (found) => {
    if (busy) { return; }
    const limit = Number(form.dataset.limitMb) * (1 << 20) - (1 << 16);
    const files = found.filter((one) => !one.name.split("/").some((part) => part.startsWith(".")));
    if (!files.length) return;
    busy = true;
    all = files.filter((one) => !isSide(one.name)).length;
    sent = 0;
    for (const state of Object.keys(counts)) counts[state] = 0;
    byId("list").replaceChildren();
    byId("progress").hidden = false;
    byId("next").hidden = true;
    byId("stage").textContent = "Reading…";
    show();
    try {
      const job = (await (await check(await post("/upload/jobs", new FormData()))).json()).job;
      const small = files.filter((one) => one.file.size <= limit);
      for (const one of files) {
        if (one.file.size > limit) { tell({ file: one.name, state: "bad", said: "It is too large to be sent at once.", todo: "Split it, or send it as several zips." }); sent += 1; }
      }
      for (const part of partsOf(small)) {
        try { await sendPart(job, part); } catch (error) {
          for (const one of part.part) tell({ file: one.name, state: "bad", said: `It was not taken: ${error.message}`, todo: "Add it again." });
        }
        sent += part.part.length;
        show();
      }
      await check(await post(`/upload/jobs/${job}/end`, new FormData()));
      byId("stage").textContent = "Scoring…";
      await watch(job);
      byId("stage").textContent = counts.bad ? "Done, but not all could be used" : "Done";
      byId("next").hidden = false;
    } catch (error) {
      byId("stage").textContent = `Stopped: ${error.message || "the service does not answer"}. What was stored stays; add the rest again.`;
    }
    busy = false;
  };

  const walk = async (entry, path) => {
    if (entry.isFile) return [{ name: path + entry.name, file: await new Promise((good, bad) => entry.file(good, bad)) }];
    const reader = entry.createReader();
    const found = [];
    for (;;) {
      const some = await new Promise((good, bad) => reader.readEntries(good, bad));
      if (!some.length) break;
      for (const one of some) found.push(...await walk(one, `${path}${entry.name}/`));
    }
    return found;
  };

  const chosen = (input) => run([...input.files].map((file) => ({ name: file.webkitRelativePath || file.name, file }))).then(() => { input.value = ""; });
  for (const id of ["files", "folder"]) byId(id).addEventListener("change", (event) => chosen(event.target));
  for (const kind of ["dragenter", "dragover"]) drop.addEventListener(kind, (event) => { event.preventDefault(); drop.classList.add("over"); });
  drop.addEventListener("dragleave", (event) => { if (!drop.contains(event.relatedTarget)) drop.classList.remove("over"); });
  drop.addEventListener("drop", async (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    const entries = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry()).filter(Boolean);
    const found = entries.length ? [] : [...event.dataTransfer.files].map((file) => ({ name: file.name, file }));
    for (const entry of entries) found.push(...await walk(entry, ""));
    await run(found);
  });
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
});
