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
  // It may be fetching just now, and would keep what comes.
  known?.active?.postMessage("forget");
  await Promise.all([known?.unregister(), caches.delete(CACHE)]);
}

const follow = () => (chosen() ? keep() : forget());
// Without the server there is nothing to renew, and what is kept stays as it was.
const followQuietly = () => follow().catch(() => {});

if (section && "serviceWorker" in navigator && "caches" in window) {
  section.hidden = false;
  show();
  followQuietly();
  setInterval(() => { if (chosen()) followQuietly(); }, MINUTE);
  start.addEventListener("click", async () => {
    choose(180 * 24 * 3600);
    try {
      await follow();
      status.textContent = "Kept.";
    } catch {
      // A private window, a browser whose owner does not allow it, or no server just now.
      choose(0);
      status.textContent = "It could not be kept: this browser may not allow it.";
    }
    show();
    (chosen() ? stop : start).focus();
  });
  stop.addEventListener("click", async () => {
    choose(0);
    await follow();
    status.textContent = "Deleted from this device.";
    show();
    start.focus();
  });
}
