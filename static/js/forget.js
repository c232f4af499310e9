// Whoever signs in next does not find what was kept for the last one, however their session ended.

if ("caches" in window) caches.delete("kept-board").catch(() => {});
