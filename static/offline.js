// Keeps the sheet of today on this device, to be read when the server cannot be reached. A service
// worker for the desk alone: one page in one cache, only once somebody has asked for it (keep.js).
// It answers nothing else, keeps nothing else, and never shows the sheet of another day.

const CACHE = "kept-board";
const KEPT = `${self.registration.scope}/kept`;
const PATIENCE = 10000;
const FRESH = 50000;
// What stands before the program says so, or the program of its database.
const AWAY = new Set([502, 503, 504]);

// How often it was told to forget: an answer that was asked for before then is kept no more.
let forgotten = 0;

function forget() {
  forgotten += 1;
  return caches.delete(CACHE);
}

async function kept() {
  const page = await caches.match(KEPT, { cacheName: CACHE, ignoreVary: true });
  // The clinic's day ends for this device when it ends for the clinic, whatever zone is set here.
  if (page && !(Date.now() < Date.parse(page.headers.get("Booking-Kept-Until")))) {
    await forget();
    return null;
  }
  return page ?? null;
}

async function renew() {
  const before = forgotten;
  const answer = await fetch(KEPT, { cache: "no-store", redirect: "manual" });
  // Signed out, or somebody who may not: what was kept goes.
  if (answer.type === "opaqueredirect" || answer.status === 403) await forget();
  else if (answer.status === 200 && forgotten === before) {
    await (await caches.open(CACHE)).put(KEPT, answer);
    if (forgotten !== before) await forget();
  }
}

async function follow(found) {
  const page = await kept();
  const age = page ? Date.now() - Date.parse(page.headers.get("Booking-Kept-At")) : Infinity;
  if (found.type === "opaqueredirect" || !(age < FRESH)) await renew();
}

async function answered(asked) {
  const page = await kept();
  if (!page) return asked;
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, null));
  const found = await Promise.race([asked.catch(() => null), late]);
  return found && !AWAY.has(found.status) ? found : page;
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(Promise.all([kept(), self.clients.claim()])));
self.addEventListener("message", (event) => {
  const done = event.data === "forget" ? forget() : renew();
  event.waitUntil(done.catch(() => {}));
});
self.addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET" || request.destination !== "document") return;
  const asked = fetch(request);
  event.respondWith(answered(asked));
  event.waitUntil(asked.then(follow).catch(() => {}));
});

// At each start: a device that was asleep at midnight forgets when it wakes.
kept();
