// The summary of problems has `autofocus`, which works without scripts; browsers skip it when the
// address carries a fragment, and then this puts it right, after they had their turn.
addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => {
  const summary = document.querySelector("[data-problems]");
  if (summary && document.activeElement !== summary) summary.focus();
})));
