// Solves the challenge that a form carries while far too many requests come in: a number such that
// the SHA-256 of challenge, colon and number begins with so many zero bits. Needs Web Crypto, which
// browsers have on https and on this machine; without it the form goes off as it is, and a link in
// an e-mail takes the work's place.

const AT_ONCE = 512;

class Work {
  constructor(field) {
    this.field = field;
    this.form = field.form;
    this.says = this.form.querySelector("[data-working]");
    this.done = false;
    this.pressed = null;
    this.form.addEventListener("submit", (event) => this.wait(event));
    this.solve().catch(() => {}).finally(() => this.finish());
  }

  async solve() {
    const { work: order, bits } = this.field.dataset;
    const encoder = new TextEncoder();
    for (let first = 0; ; first += AT_ONCE) {
      const answers = Array.from({ length: AT_ONCE }, (_, step) => `${order}:${first + step}`);
      const digests = await Promise.all(
        answers.map((answer) => crypto.subtle.digest("SHA-256", encoder.encode(answer))),
      );
      const found = digests.findIndex((digest) => zeros(new DataView(digest)) >= Number(bits));
      if (found >= 0) {
        this.field.value = answers[found];
        return;
      }
      // Lets the page breathe: nobody's typing waits for this.
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  wait(event) {
    if (this.done) return;
    event.preventDefault();
    this.pressed = event.submitter;
    this.says.textContent = this.says.dataset.working;
  }

  finish() {
    this.done = true;
    this.says.textContent = "";
    if (this.pressed) this.form.requestSubmit(this.pressed);
  }
}

// The zero bits that a digest begins with; the first 32 are more than is ever asked for.
function zeros(view) {
  return Math.clz32(view.getUint32(0));
}

for (const field of document.querySelectorAll("[data-work]")) new Work(field);
