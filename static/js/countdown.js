// Counts the kept time down, warns once two minutes before its end, and keeps it longer in place,
// so that nothing typed is lost. The page never reloads by itself. Words come from the markup.

const WARN_MS = 2 * 60 * 1000;

class Countdown {
  constructor(bar) {
    this.bar = bar;
    this.find = (name) => bar.querySelector(`[data-hold-${name}]`);
    this.button = this.find("longer");
    this.button.addEventListener("click", (event) => this.keepLonger(event));
    this.read(bar);
    this.timer = setInterval(() => this.tick(), 1000);
    // A page that slept in a pocket or comes Back from the cache shows the true time at once.
    addEventListener("pageshow", () => this.tick());
    document.addEventListener("visibilitychange", () => this.tick());
    this.tick();
  }

  // `data-seconds`, where given, is the server's own count: it forgives a wrong clock on the device.
  read(source) {
    const { expires, seconds } = source.dataset;
    this.ends = seconds ? Date.now() + Number(seconds) * 1000 : Date.parse(expires);
    this.state = "";
  }

  tick() {
    const left = this.ends - Date.now();
    const state = left <= 0 ? "over" : left <= WARN_MS ? "soon" : "running";
    if (state !== this.state) this.enter(state);
    if (state === "over") return;
    const seconds = Math.floor(left / 1000);
    const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    this.find("left").textContent = ` · ${this.bar.dataset.left.replace("{left}", clock)}`;
    this.find("left").hidden = false;
  }

  enter(state) {
    const began = this.state === "";
    this.state = state;
    this.bar.classList.toggle("ends-soon", state === "soon");
    this.bar.classList.toggle("over", state === "over");
    if (state === "soon") this.say(this.bar.dataset.soon);
    if (state !== "over") return;
    clearInterval(this.timer);
    const words = this.bar.dataset.over.replace("{clock}", this.find("clock").textContent);
    this.find("text").textContent = words;
    if (!began) this.say(words);
  }

  say(words) {
    this.find("says").textContent = words;
  }

  async keepLonger(event) {
    if (this.state === "over") return; // the ordinary way: the server decides and shows the nearest times
    event.preventDefault();
    this.button.disabled = true;
    try {
      const answer = await fetch(this.button.formAction, {
        method: "POST", body: new FormData(this.button.form), headers: { Accept: "text/html" },
      });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const bar = page.querySelector("[data-expires]");
      if (!answer.ok || !bar) throw new Error(`no hold in the answer: ${answer.status}`);
      this.find("clock").textContent = bar.querySelector("[data-hold-clock]").textContent;
      this.read(bar);
      this.tick();
      this.say(this.bar.dataset.longer.replace("{clock}", this.find("clock").textContent));
      this.button.disabled = false;
    } catch {
      this.button.disabled = false;
      const plain = this.submitter();
      plain.form.requestSubmit(plain);
    }
  }

  // Going the ordinary way from here must not come back through our own listener.
  submitter() {
    const plain = this.button.cloneNode(true);
    this.button.replaceWith(plain);
    this.button = plain;
    return plain;
  }
}

for (const bar of document.querySelectorAll("[data-expires]")) new Countdown(bar);
