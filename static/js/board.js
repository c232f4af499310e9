// The open board: steps without a reload, and what colleagues and patients change as it happens.
// Only what differs is put in; the focus stays where it is, and nothing that is typed is touched.

const EVERY = 2000;
const HIDDEN = 30000;
const board = document.querySelector("[data-board]");
const lost = document.querySelector("[data-lost]");
const news = document.querySelector("[data-news]");
const steps = document.getElementById("steps");
const FOCUSABLE = "a[href], button, summary, input, select, textarea";

let etag = `"${board.dataset.etag}"`;
let lostAt = null;
let timer = 0;
let asking = null;

// What the server wrote, by part: the page itself may have been opened and folded since.
const written = new Map();
const parts = (root) => [...root.querySelectorAll("[data-part]")];
const remember = (root) => { for (const part of parts(root)) written.set(part.dataset.part, part.innerHTML); };
remember(board);

const holdsTyping = (element) => element.querySelector("input:focus, textarea:focus, select:focus") !== null;

// Where the focus is, in words that still mean something once its surroundings are new.
function place() {
  const at = document.activeElement;
  const home = at && board.contains(at) ? at.closest("tr[id], [data-part]") : null;
  if (!home) return null;
  const rows = home.matches("tr") ? [...board.querySelectorAll("tbody tr")] : [];
  return {
    at,
    row: home.id,
    part: home.dataset.part,
    key: at.dataset.rowKey,
    index: [...home.querySelectorAll(FOCUSABLE)].indexOf(at),
    line: rows.indexOf(home),
  };
}

function focusAgain(was) {
  if (!was || document.activeElement === was.at) return;
  const rows = [...board.querySelectorAll("tbody tr")];
  const home = (was.row && document.getElementById(was.row))
    || (was.part && board.querySelector(`[data-part="${CSS.escape(was.part)}"]`))
    || rows[Math.min(was.line, rows.length - 1)];
  if (!home) return;
  const same = was.key && home.querySelector(`[data-row-key="${CSS.escape(was.key)}"]`);
  const there = [...home.querySelectorAll(FOCUSABLE)];
  const landing = home.matches("tr") ? home.querySelector(".does button, .does a, .who") : there[was.index];
  (same || landing || there[0])?.focus({ preventScroll: true });
}

// Cell by cell, so that what did not change is the same element as before.
function putInto(row, fresh) {
  for (const { name, value } of fresh.attributes) if (row.getAttribute(name) !== value) row.setAttribute(name, value);
  [...fresh.children].forEach((cell, index) => {
    const old = row.children[index];
    if (old && old.outerHTML !== cell.outerHTML) old.replaceWith(cell.cloneNode(true));
  });
}

function putRows(body, fresh) {
  const wanted = new Set([...fresh.children].map((row) => row.id));
  for (const row of [...body.children]) if (!wanted.has(row.id)) row.remove();
  const old = new Map([...body.children].map((row) => [row.id, row]));
  let at = body.firstElementChild;
  for (const row of fresh.children) {
    const known = old.get(row.id);
    if (known) putInto(known, row);
    // Moving an element takes the focus from it, so it moves only where the order changed.
    if (known && known === at) at = at.nextElementSibling;
    else body.insertBefore(known ?? row.cloneNode(true), at);
  }
}

const said = () => new Map([...board.querySelectorAll("tr[data-said]")].map((row) => [row.id, row.dataset.said]));

function tell(before) {
  const after = said();
  const changed = [...after].filter(([id, words]) => before.get(id) !== words).map(([, words]) => words);
  const gone = [...before].filter(([id]) => !after.has(id)).length;
  const words = changed.length > 3 ? `${changed.length} appointments changed` : changed.join(". ");
  const left = gone ? `${gone} no longer on this day` : "";
  if (words || left) news.textContent = [words, left].filter(Boolean).join(". ");
}

const bodies = (root) => [...root.querySelectorAll("[data-rows]")];
const shape = (root) => [...parts(root), ...bodies(root)].map((one) => one.dataset.part ?? one.dataset.rows).join(" ");

function put(html) {
  const fresh = new DOMParser().parseFromString(`<div>${html}</div>`, "text/html").body.firstElementChild;
  const before = said();
  const was = place();
  if (shape(fresh) !== shape(board)) {
    // Another number of columns, or a day that has become empty.
    board.replaceChildren(...[...fresh.childNodes].map((one) => one.cloneNode(true)));
  } else {
    for (const part of parts(fresh)) {
      const old = board.querySelector(`[data-part="${CSS.escape(part.dataset.part)}"]`);
      if (written.get(part.dataset.part) === part.innerHTML || holdsTyping(old)) continue;
      if (bodies(part).length) {
        for (const body of bodies(part)) putRows(old.querySelector(`[data-rows="${CSS.escape(body.dataset.rows)}"]`), body);
      } else {
        const open = old.querySelector("details")?.open;
        old.replaceChildren(...[...part.childNodes].map((one) => one.cloneNode(true)));
        if (open !== undefined && old.querySelector("details")) old.querySelector("details").open = open;
      }
    }
  }
  remember(fresh);
  focusAgain(was);
  tell(before);
}

function connected(is) {
  if (is && lostAt) {
    lost.textContent = "";
    news.textContent = "Connected again";
    lostAt = null;
  } else if (!is && !lostAt) {
    lostAt = new Date();
    const clock = lostAt.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    lost.textContent = `Not connected since ${clock} – trying again`;
  }
}

async function ask() {
  const answer = await fetch(board.dataset.board, {
    headers: { "If-None-Match": etag },
    cache: "no-store",
    redirect: "manual",
    signal: AbortSignal.timeout(8000),
  });
  // Signed out: the way to the sign-in page, which says so, goes by this page's own address.
  if (answer.type === "opaqueredirect" || answer.status === 403) {
    location.reload();
    return;
  }
  if (answer.status === 200) {
    put(await answer.text());
    etag = answer.headers.get("ETag");
  } else if (answer.status !== 304) {
    throw new Error(String(answer.status));
  }
  connected(true);
}

function look() {
  clearTimeout(timer);
  // One question at a time: an answer that is on its way may be older than what was just done.
  asking = (asking ?? Promise.resolve()).then(ask).catch(() => connected(false)).finally(() => {
    clearTimeout(timer);
    timer = setTimeout(look, document.hidden ? HIDDEN : EVERY);
  });
  return asking;
}

timer = setTimeout(look, EVERY);
document.addEventListener("visibilitychange", () => { if (!document.hidden) look(); });
addEventListener("pageshow", (event) => { if (event.persisted) look(); });
addEventListener("online", look);

steps.addEventListener("submit", async (event) => {
  const button = event.submitter;
  if (!button || steps.dataset.plain) return;
  event.preventDefault();
  if (button.ariaDisabled === "true") return;
  button.ariaDisabled = "true";
  try {
    const answer = await fetch(button.formAction, {
      method: "POST", body: new URLSearchParams(new FormData(steps, button)), redirect: "manual",
    });
    // Refused: sent again as a page of its own, the answer says why.
    if (answer.type !== "opaqueredirect") {
      steps.dataset.plain = "1";
      steps.requestSubmit(button);
      return;
    }
    await look();
  } catch {
    connected(false);
  }
  button.ariaDisabled = null;
});
