// Questions that follow from a tick show with it; what stands alone unticks the rest, and the other
// way round. Without this all of them are simply there.

const form = document.querySelector("#questions");

const follow = (part) => {
  const tick = document.getElementById(part.dataset.follows);
  const field = part.querySelector("select, input");
  const show = () => {
    part.hidden = !tick.checked;
    // What nobody sees must not be sent.
    if (part.hidden) field.value = "";
  };
  // Somebody who said which is taken to have ticked it, as the server does.
  if (field.value) tick.checked = true;
  part.hidden = !tick.checked;
  form.addEventListener("change", show);
};

form.addEventListener("change", ({ target }) => {
  if (target.type !== "checkbox" || !target.checked) return;
  const alone = form.querySelector(`[name="${target.name}"][data-alone]`);
  if (!alone) return;
  for (const box of form.querySelectorAll(`[name="${target.name}"]:checked`)) {
    // "I do not know" and "I would rather tell the doctor" may stand beside anything but "none".
    if (target === alone ? box !== alone : box === alone) box.checked = false;
  }
});
for (const part of document.querySelectorAll("[data-follows]")) follow(part);
