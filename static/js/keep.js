// Today's board on this device: off until somebody asks for it, and as easily off again.
// The choice is this device's and outlives signing out; what is kept does not.

const MINUTE = 60000;
const CHOICE = "keep-board";
const CACHE = "kept-board";
const section = document.querySelector("[data-keep]");
const status = section?.querySelector("[data-keep-status]");
const [start, stop] = ["start", "stop"].map((deed) => section?.querySelector(`[data-keep-${deed}]`));
const scope = section?.dataset.scope;

const chosen = () => document.cookie.split("; ").includes(`${CHOICE}=1`);
const choose = (age) => {
  const secure = location.protocol === "https:" ? "; secure" : "";
  document.cookie = `${CHOICE}=1; path=${scope}; max-age=${age}; samesite=strict${secure}`;
};

function show() {
  start.hidden = chosen();
  stop.hidden = !chosen();
  for (const words of section.querySelectorAll("[data-keep-when]")) {
    words.hidden = (words.dataset.keepWhen === "on") !== chosen();
  }
}

async function keep() {
  await navigator.serviceWorker.register(section.dataset.keep, { scope });
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("renew");
}

async function forget() {
  const known = await navigator.serviceWorker.getRegistration(scope);
  await Promise.all([known?.unregister(), caches.delete(CACHE)]);
}

async function follow() {
  try {
    await (chosen() ? keep() : forget());
  } catch {
    // A private window, or a browser whose owner does not allow it.
    choose(0);
    status.textContent = "This browser does not allow it.";
  }
  show();
}

if (section && "serviceWorker" in navigator && "caches" in window) {
  section.hidden = false;
  show();
  follow();
  setInterval(() => { if (chosen()) follow(); }, MINUTE);
  start.addEventListener("click", async () => {
    choose(180 * 24 * 3600);
    await follow();
    if (chosen()) status.textContent = "Kept.";
    (chosen() ? stop : start).focus();
  });
  stop.addEventListener("click", async () => {
    choose(0);
    await follow();
    status.textContent = "Deleted from this device.";
    start.focus();
  });
}
