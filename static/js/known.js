// Offers known patients while the phone form is typed. "Find a known patient" does the same without.

const fields = document.querySelector("[data-known-by]");
const known = document.querySelector("[data-known]");
let timer, latest = 0;

function offer(found) {
  const rows = [...found.querySelectorAll(".found-patients > li")].slice(0, 5);
  for (const row of rows) {
    const name = row.querySelector("a");
    const button = document.createElement("button");
    button.className = "btn quiet tight";
    button.name = "use";
    button.value = name.getAttribute("href").split("/").pop();
    button.textContent = `Use this patient: ${name.textContent}`;
    row.append(document.createElement("br"), button);
  }
  known.querySelector("ul").replaceChildren(...rows);
  known.hidden = rows.length === 0;
}

async function look(typed) {
  const mine = ++latest;
  const answer = await fetch(`${fields.dataset.knownBy}?q=${encodeURIComponent(typed)}`);
  // A slower answer to what was typed before would replace the right one.
  if (!answer.ok || answer.redirected || mine !== latest) return;
  offer(new DOMParser().parseFromString(await answer.text(), "text/html"));
}

fields.addEventListener("input", ({ target }) => {
  clearTimeout(timer);
  if (!["name", "phone"].includes(target.name) || target.value.trim().length < 3) return;
  timer = setTimeout(() => look(target.value).catch(() => {}), 300);
});
