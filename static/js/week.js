// A visit of the week is dragged to another time. Dropping it saves nothing: it opens the page that
// asks. The button beside each visit leads to the same page without dragging.

const week = document.querySelector("[data-week]");
const news = document.querySelector("[data-news]");
const EVERY = 2000;
const HIDDEN = 30000;
const FAR_ENOUGH = 6;
const LINE = 30;
const EDGE = 48;
let drag = null;
let dropped = false;
let etag = `"${week.dataset.etag}"`;
let written = week.innerHTML.trim();

const two = (number) => String(number).padStart(2, "0");
const clock = (minute) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;
const cellAt = (day, minute) => week.querySelector(`.week td[data-day="${day}"][data-minute="${minute - (minute % LINE)}"]`);

// Each free start takes its part of the half hour that it is in, over whatever stands there.
function showFree(free) {
  for (const { at, clock: words, to } of free) {
    const [day, time] = at.split("T");
    const cell = cellAt(day, Number(time.slice(0, 2)) * 60 + Number(time.slice(3)));
    if (!cell) continue;
    let layer = cell.querySelector(".drops");
    if (!layer) cell.append(layer = Object.assign(document.createElement("div"), { className: "drops" }));
    const drop = Object.assign(document.createElement("span"), { className: "drop", textContent: words });
    drop.dataset.to = to;
    layer.append(drop);
  }
}

async function begin(event) {
  const mine = drag;
  const { entry } = mine;
  mine.carried = entry.querySelector(".block").cloneNode(true);
  mine.carried.removeAttribute("href");
  mine.carried.classList.add("carried");
  mine.carried.append(mine.where = document.createElement("b"));
  document.body.append(mine.carried);
  entry.classList.add("lifted");
  document.body.classList.add("dragging");
  follow(event);
  const answer = await fetch(`${entry.dataset.free}?day=${week.querySelector(".week").dataset.first}`);
  if (!answer.ok || answer.redirected) return;
  const { free, step } = await answer.json();
  if (drag !== mine) return;
  mine.step = step;
  showFree(free);
}

// What is under the pointer: a free start, or else the nearest step that begins before it; or the way
// to another week, whose times are chosen on the page that opens.
function under({ clientX, clientY }) {
  const found = document.elementFromPoint(clientX, clientY);
  const drop = found?.closest(".drop");
  if (drop) return { mark: drop, wanted: { to: drop.dataset.to }, words: drop.textContent };
  const other = found?.closest(".segment a[data-shortcut]");
  if (other) {
    const day = new URL(other.href).searchParams.get("day");
    return { mark: other, wanted: { day }, words: other.getAttribute("aria-label") };
  }
  const cell = found?.closest(".week td[data-day]");
  if (!cell || cell.contains(drag.entry)) return null;
  const { top, height } = cell.getBoundingClientRect();
  const into = Math.min(LINE - 1, Math.floor(((clientY - top) / height) * LINE));
  const at = clock(Number(cell.dataset.minute) + into - (into % drag.step));
  return { mark: cell, wanted: { to: `${cell.dataset.day}T${at}` }, words: "Not free" };
}

function follow(event) {
  drag.over?.classList.remove("over");
  const target = under(event);
  drag.over = target?.mark;
  drag.over?.classList.add("over");
  drag.where.textContent = target ? target.words : "";
  drag.carried.style.top = `${event.clientY + 8}px`;
  drag.carried.style.left = `${event.clientX + 8}px`;
  if (event.clientY < EDGE) scrollBy(0, -EDGE / 4);
  if (event.clientY > innerHeight - EDGE) scrollBy(0, EDGE / 4);
  return target;
}

function end() {
  drag.over?.classList.remove("over");
  drag.carried?.remove();
  drag.entry.classList.remove("lifted");
  document.body.classList.remove("dragging");
  for (const layer of week.querySelectorAll(".drops")) layer.remove();
  drag = null;
}

function start(event) {
  dropped = false;
  const entry = event.target.closest(".week .entry[data-move]");
  if (!entry || event.button !== 0 || !event.isPrimary) return;
  // A finger on the visit scrolls the page; on its button it drags.
  if (event.pointerType === "touch" && !event.target.closest(".move")) return;
  drag = { entry, x: event.clientX, y: event.clientY, step: LINE };
}

week.addEventListener("pointerdown", start);
week.addEventListener("dragstart", (event) => { if (event.target.closest(".entry")) event.preventDefault(); });
document.addEventListener("pointermove", (event) => {
  if (!drag || !event.isPrimary) return;
  if (drag.carried) follow(event);
  else if (Math.hypot(event.clientX - drag.x, event.clientY - drag.y) > FAR_ENOUGH) begin(event).catch(() => {});
});
document.addEventListener("pointerup", (event) => {
  if (!drag || !event.isPrimary) return;
  const { carried, entry } = drag;
  const target = carried && follow(event);
  end();
  if (!carried) return;
  dropped = true;
  if (target) location.assign(`${entry.dataset.move}?${new URLSearchParams({ ...target.wanted, back: "week" })}`);
});
// The visit is a link: letting go of it is no press of it. Keys press without a pointer.
document.addEventListener("click", (event) => {
  if (dropped && event.detail) event.preventDefault();
  dropped = false;
}, { capture: true });
document.addEventListener("pointercancel", () => { if (drag) end(); });
addEventListener("blur", () => { if (drag) end(); });
addEventListener("keydown", (event) => {
  if (!drag?.carried || event.key !== "Escape") return;
  event.preventDefault();
  end();
}, { capture: true });
document.querySelector("[data-drag-hint]").hidden = !week.querySelector(".week .entry[data-move]");

// What colleagues and patients change appears as it happens; the focus stays on the visit it was on.
function put(fresh) {
  const at = document.activeElement?.closest("[data-week] a");
  const list = at?.closest(".week-list") ? ".week-list" : ".week";
  week.replaceChildren(fresh);
  if (at) week.querySelector(`${list} a[href="${CSS.escape(at.getAttribute("href"))}"]`)?.focus({ preventScroll: true });
  news.textContent = "The week has changed";
}

async function look() {
  const answer = await fetch(week.dataset.week, {
    headers: { "If-None-Match": etag }, cache: "no-store", redirect: "manual", signal: AbortSignal.timeout(8000),
  });
  // Signed out: the way to the sign-in page goes by this page's own address.
  if (answer.type === "opaqueredirect" || answer.status === 403) location.reload();
  if (answer.status !== 200) return;
  const fresh = document.createElement("template");
  fresh.innerHTML = await answer.text();
  // Nothing moves under a visit that is being carried; it is asked for again.
  if (drag) return;
  etag = answer.headers.get("ETag");
  // Time alone gives the same week another name.
  const html = fresh.innerHTML.trim();
  if (html !== written) put(fresh.content);
  written = html;
}

async function watch() {
  await look().catch(() => {});
  setTimeout(watch, document.hidden ? HIDDEN : EVERY);
}

setTimeout(watch, EVERY);
