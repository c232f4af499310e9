// Reception's keys. Everything here is also a link or a button; the keys only make it quicker.

const STORE = "desk-keys";
const ACTED = "desk-acted-on";
const sheet = document.querySelector("[data-keys-sheet]");
const opener = document.querySelector("[data-keys]");
const choice = document.querySelector("[data-keys-on]");

// Single keys collide with some speech input, so they can be switched off (WCAG 2.1.4).
const remembered = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
choice.checked = remembered(STORE) !== "off";
choice.addEventListener("change", () => {
  try { localStorage.setItem(STORE, choice.checked ? "on" : "off"); } catch { /* a private window forgets */ }
});

opener.hidden = false;
opener.addEventListener("click", () => sheet.showModal());

const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]") !== null;

// The arrow that points back points the other way where reading begins at the right.
const meant = (key) => {
  if (document.documentElement.dir !== "rtl") return key;
  return { ArrowLeft: "ArrowRight", ArrowRight: "ArrowLeft" }[key] ?? key;
};

const rows = () => [...document.querySelectorAll(".board tbody tr")];
const landing = (row) => row.querySelector(".does button, .does a, .who");

function stepRow(from, by) {
  const all = rows();
  const start = document.querySelector(".board tr.now") ?? all[0];
  const next = from ? all[all.indexOf(from) + by] ?? from : start;
  if (next) landing(next)?.focus();
}

// What a key means inside a row of the board; false when it means nothing there.
function rowKey(row, key) {
  const by = { j: 1, k: -1, ...(row && { ArrowDown: 1, ArrowUp: -1 }) }[key];
  if (by) {
    stepRow(row, by);
    return true;
  }
  const button = row?.querySelector(`[data-row-key="${CSS.escape(key)}"]`);
  button?.click();
  return Boolean(button);
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  if (!choice.checked || sheet.open || isTyping(event.target)) return;
  if (rowKey(event.target.closest(".board tbody tr, .entry"), event.key)) {
    event.preventDefault();
    return;
  }
  if (event.key === "?") {
    event.preventDefault();
    sheet.showModal();
    return;
  }
  const target = document.querySelector(`[data-shortcut="${CSS.escape(meant(event.key))}"]`);
  if (!target) return;
  event.preventDefault();
  target.click();
});

// Where a step brings the page anew, the focus goes back to the row it was taken in.
document.addEventListener("submit", (event) => {
  const row = event.submitter?.closest(".board tbody tr[id]");
  if (row) try { sessionStorage.setItem(ACTED, row.id); } catch { /* then the focus starts at the top */ }
});
// Two frames later: the address names the row, and the browser's jump there takes the focus away.
addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => {
  try {
    const id = sessionStorage.getItem(ACTED);
    sessionStorage.removeItem(ACTED);
    const row = id && document.getElementById(id);
    if (row && document.activeElement === document.body) landing(row)?.focus();
  } catch { /* no storage, nothing to do */ }
})));

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
