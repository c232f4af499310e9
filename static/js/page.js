// Small additions to patient pages: the reader's own time zone, and a button that prints.

const offsetOf = (iso) => {
  const [, sign, hours, minutes] = iso.match(/([+-])(\d\d):(\d\d)$/) ?? [null, "+", "0", "0"];
  return (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
};

for (const sentence of document.querySelectorAll("[data-own-zone]")) {
  const iso = sentence.dataset.ownZone;
  const at = new Date(iso);
  if (Number.isNaN(at.getTime()) || -at.getTimezoneOffset() === offsetOf(iso)) continue;
  // The weekday stands with it: over an ocean the same instant may be another day.
  const time = new Intl.DateTimeFormat(document.documentElement.lang || undefined, {
    weekday: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short",
  }).format(at);
  sentence.textContent = sentence.dataset.words
    .replace("{time}", time)
    .replace("{clock}", sentence.dataset.clock ?? "");
  sentence.hidden = false;
}

for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
