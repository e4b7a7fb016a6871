// The live connection of a page, `globalThis.live`. A page loads this module before its own:
// an address in an `import` would lack the mark of contents that lets files be kept for a year.
//
//   live.listen("session:12", { number, events(list), here(list), reset(), out() })
//     `events` gets what is new, in order, each once; `here` who is there, whole; `reset` when too
//     much was missed (load the state anew); `out` when one may not hear it any more.
//   await live.send("session.next", { session: 12, step: 3 })  →  { ok, answer } or { ok, error }
//     One key per command: it is tried again after a lost connection, and done once.
//   live.now()  the server's time in milliseconds, whatever this device's clock says.
//
// Nothing is kept in the browser's storage: what waits to be sent waits in memory, and whoever
// leaves the page before it was sent is warned.
import { io } from "../vendor/socket.io-client-4.8.4/socket.io.esm.min.js";

const ANSWER_WITHIN = 10000;
const LARGEST = 60000; // bytes of a command, somewhat less than the server takes
const SAMPLES = 5;
const SAMPLE_EVERY = 60000;
const COME_BACK = 35000; // after a refusal: the server cuts off for thirty seconds
const change = (here, { came, went }) => {
  for (const who of came) here.set(who.who, who);
  for (const who of went) here.delete(who);
};
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Live extends EventTarget {
  pass = ""; // of a guest; set before the first `listen`
  heard = new Map(); // audience → { number, here, met, on, asking, again }
  queue = [];
  samples = [];

  connect() {
    if (this.socket) return;
    this.socket = io({
      path: "/socket.io",
      transports: ["websocket", "polling"], // the second where a network lets no first one through
      tryAllTransports: true,
      auth: this.pass ? { pass: this.pass } : undefined,
      reconnectionDelay: 400,
      reconnectionDelayMax: 4000,
    });
    this.socket.on("connect", () => this.back());
    this.socket.on("disconnect", (why) => this.gone(why === "io server disconnect"));
    this.socket.on("connect_error", (error) => {
      // Something on the way swallows WebSockets without a word: then the other way round.
      if (error.message === "timeout") this.socket.io.opts.transports.reverse();
      if (!this.socket.active) this.gone(true);
    });
    this.socket.on("live", (told) => this.take(told.audience, told.events));
    this.socket.on("here", (told) => this.meet(told));
    this.socket.on("beat", (told) => this.compare(told));
    this.socket.on("out", (told) => this.out(told.audience));
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState !== "visible") return;
      if (this.socket.active) this.atOnce(); // a phone that was put away
      for (const audience of this.heard.keys()) this.ask(audience);
      this.sample(1);
    });
    addEventListener("online", () => setTimeout(() => this.atOnce(), 400 * Math.random())); // a whole hall
    addEventListener("beforeunload", (event) => {
      if (this.queue.length) event.preventDefault();
    });
    setInterval(() => this.sample(1), SAMPLE_EVERY);
  }

  // Not only when the next try is due: `connect` alone does nothing while one is waited for.
  atOnce() {
    if (this.socket.disconnected) this.socket.disconnect().connect();
  }

  get connected() {
    return Boolean(this.socket?.connected);
  }

  back() {
    this.over = false;
    for (const audience of this.heard.keys()) this.ask(audience);
    this.sample(SAMPLES);
    this.flush();
    this.tell();
  }

  gone(byServer) {
    this.tell();
    // Sent away, not merely lost: once more, later; a page that closed has nothing to hear.
    if (byServer && this.heard.size) setTimeout(() => this.socket.connect(), COME_BACK);
  }

  tell() {
    this.dispatchEvent(new Event("status"));
  }

  // Hearing.

  listen(audience, on) {
    this.heard.set(audience, { number: on.number ?? null, here: new Map(), met: [], on });
    this.connect();
    this.ask(audience);
  }

  leave(audience) {
    if (this.heard.delete(audience) && this.connected) this.socket.emit("leave", { audience });
  }

  // Joins, catches up and repairs: the answer holds whatever was lost.
  async ask(audience) {
    const known = this.heard.get(audience);
    if (!known || !this.connected) return;
    if (known.asking) return void (known.again = true);
    known.asking = true;
    do {
      known.again = false;
      known.met = []; // who came and went meanwhile may be told before the answer that lacks it
      const said = { audience, number: known.number };
      const answer = await this.socket
        .timeout(ANSWER_WITHIN)
        .emitWithAck("listen", said)
        .catch(() => null);
      if (this.heard.get(audience) !== known) return;
      if (!answer) {
        if (!this.connected) break; // asked again when it is back
        await pause(1000);
        known.again = true;
      } else if (!answer.ok) {
        return this.out(audience);
      } else {
        if (answer.here) {
          known.here = new Map(answer.here.map((who) => [who.who, who]));
          known.met.filter(({ version }) => version > answer.version).forEach((told) => change(known.here, told));
          known.on.here?.([...known.here.values()]);
        }
        if (answer.reset) {
          known.number = answer.number;
          known.on.reset?.();
        } else if (known.number === null) known.number = answer.number;
        else this.take(audience, answer.events);
      }
    } while (known.again);
    known.asking = false;
  }

  take(audience, events) {
    const known = this.heard.get(audience);
    if (!known || known.number === null) return;
    const fresh = [];
    for (const event of events) {
      if (event.number <= known.number) continue;
      if (event.number > known.number + 1) {
        this.ask(audience); // something was lost
        break;
      }
      known.number = event.number;
      fresh.push(event);
    }
    if (fresh.length) known.on.events?.(fresh);
  }

  meet(told) {
    const known = this.heard.get(told.audience);
    if (!known) return;
    change(known.here, told);
    if (known.asking) known.met.push(told);
    known.on.here?.([...known.here.values()]);
  }

  compare(told) {
    const known = this.heard.get(told.audience);
    if (!known) return;
    if (told.number > known.number || (told.here ?? known.here.size) !== known.here.size) {
      this.ask(told.audience);
    }
  }

  out(audience) {
    const known = this.heard.get(audience);
    this.heard.delete(audience);
    known?.on.out?.();
  }

  // Saying.

  send(command, data) {
    this.connect();
    const said = { command, key: crypto.randomUUID(), data };
    if (new Blob([JSON.stringify(said)]).size > LARGEST) {
      return Promise.resolve({ ok: false, tooLong: true, error: "" });
    }
    return new Promise((resolve) => {
      this.queue.push({ said, resolve });
      this.tell();
      this.flush();
    });
  }

  // One at a time, in order; whatever is not answered stays and is sent again with its key.
  async flush() {
    if (this.flushing) return;
    this.flushing = true;
    while (this.queue.length && this.connected) {
      const [{ said, resolve, tries = 0 }] = this.queue;
      const answer = await this.socket
        .timeout(ANSWER_WITHIN)
        .emitWithAck("do", said)
        .catch(() => null);
      if (!answer) continue;
      if (answer.again && tries < 4) {
        this.queue[0].tries = tries + 1;
        await pause(500 * 2 ** tries);
        continue;
      }
      this.queue.shift();
      resolve(answer);
      this.tell();
    }
    this.flushing = false;
  }

  // The clock. `performance.now()` goes on evenly, whatever is done to the device's clock; it may
  // stand still while the device sleeps, so that older samples are dropped when it jumped.

  async sample(times) {
    if (this.sampling || !this.connected) return;
    this.sampling = true;
    for (let i = 0; i < times && this.connected; i++) {
      const sent = performance.now();
      const answer = await this.socket
        .timeout(ANSWER_WITHIN)
        .emitWithAck("clock")
        .catch(() => null);
      const came = performance.now();
      if (!answer?.now) break;
      const made = { trip: came - sent, base: answer.now + (came - sent) / 2 - came };
      const jumped = this.samples.some((old) => Math.abs(old.base - made.base) > old.trip + made.trip + 500);
      this.samples = [...(jumped ? [] : this.samples), made].slice(-10);
      if (i + 1 < times) await pause(150);
    }
    this.sampling = false;
    this.dispatchEvent(new Event("clock"));
  }

  now() {
    if (!this.samples.length) return Date.now();
    const best = this.samples.reduce((a, b) => (b.trip < a.trip ? b : a));
    return performance.now() + best.base;
  }
}

globalThis.live = new Live();

// <live-status data-away data-back data-unsent>: one line that says when the connection is lost.
class LiveStatus extends HTMLElement {
  connectedCallback() {
    if (this.role) return; // moved within its page
    this.role = "status";
    live.pass = this.dataset.pass ?? "";
    live.addEventListener("status", () => this.look());
  }

  look() {
    clearTimeout(this.timer);
    // A blink of the connection is nobody's business.
    this.timer = setTimeout(() => this.say(), live.connected ? 0 : 1500);
  }

  say() {
    const { away, back, unsent } = this.dataset;
    let text = "";
    if (!live.connected) text = live.queue.length ? unsent : away;
    else if (this.wasAway) text = back;
    this.wasAway = !live.connected;
    this.classList.toggle("live-away", this.wasAway);
    if (this.textContent !== text) this.textContent = text;
    if (text === back) this.timer = setTimeout(() => (this.textContent = ""), 6000);
  }
}

customElements.define("live-status", LiveStatus);
