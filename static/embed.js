// A button, or a frame with free times, for the clinic's own site: see docs/embedding.md.
((own) => {
  "use strict";
  const script = document.currentScript;
  if (!script) return;
  const { mode, label, service, practitioner, source, referral } = script.dataset;
  const booking = new URL(script.src).origin;

  const address = (path) => {
    const to = new URL(path, booking);
    const given = { service, practitioner, source: source ?? location.hostname, "booking-referral": referral };
    for (const [name, value] of Object.entries(given)) if (value) to.searchParams.set(name, value);
    return to.href;
  };

  const button = () => {
    const link = document.createElement("a");
    link.className = "booking-button";
    link.href = address("/book");
    link.textContent = label || own.words;
    Object.assign(link.style, {
      display: "inline-block", boxSizing: "border-box", minHeight: "48px", maxWidth: "100%", padding: "12px 24px",
      borderRadius: "999px", background: own.colour, color: own.ink,
      font: "600 17px/24px system-ui, sans-serif", textAlign: "center", textDecoration: "none",
    });
    return link;
  };

  const frame = () => {
    const inside = document.createElement("iframe");
    inside.className = "booking-frame";
    inside.src = address("/embed");
    inside.title = label || own.words;
    // Until it says how high it is: a frame that this site may not show stays out of sight.
    Object.assign(inside.style, { display: "block", width: "100%", height: "0", border: "0" });
    inside.addEventListener("load", () => inside.contentWindow.postMessage({ booking: "hello" }, booking));
    addEventListener("message", ({ source: from, origin, data }) => {
      if (from !== inside.contentWindow || origin !== booking || data?.booking !== "height") return;
      if (data.height > 0 && data.height < 20000) inside.style.height = `${Math.ceil(data.height)}px`;
    });
    return inside;
  };

  script.after(mode === "frame" ? frame() : button());
})
