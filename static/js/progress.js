// Looks every other second how far a table is, and shows the next page when the work is over.
// Without this there is a link.

const EVERY_MS = 2000;

const look = async () => {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return location.reload();
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.querySelector("[data-progress]");
    if (!next) return location.reload();
    const here = document.querySelector("[data-progress]");
    // Only what changed: what is read out, and what has the focus, stays.
    const words = next.querySelector("[role=status]").textContent;
    const said = here.querySelector("[role=status]");
    if (said.textContent !== words) said.textContent = words;
    here.querySelector("progress").value = next.querySelector("progress").value;
  } catch {
    // The network is away: the next look may succeed.
  }
  setTimeout(look, EVERY_MS);
};

setTimeout(look, EVERY_MS);
