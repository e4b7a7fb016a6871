// The screens of many sessions at once, with socket.io-client from npm: what the bench measures.
// Reads {url, modules, seconds, away, sessions: [{id, number, cookies: [of who leads, ...]}]} from standard
// input, writes one line of JSON. Every screen's own clock is off by up to ten minutes.
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const asked = JSON.parse(readFileSync(0, "utf8"));
const { io } = createRequire(`${asked.modules}/x.js`)("socket.io-client");
const ms = () => performance.now();
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const share = (list, part) => list.sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))] ?? null;

const ended = {}; // why connections ended → how often
class Screen {
  constructor(session, cookie) {
    this.session = session;
    this.audience = `session:${session.id}`;
    this.number = session.number;
    this.numbers = [];
    this.off = (Math.random() - 0.5) * 1200000;
    this.base = 0;
    this.gaps = 0;
    this.socket = io(asked.url, {
      transports: ["websocket"],
      forceNew: true,
      perMessageDeflate: false,
      extraHeaders: { cookie, origin: asked.url },
      reconnectionDelay: 100,
      reconnectionDelayMax: 500,
    });
    this.socket.on("disconnect", (reason) => (ended[reason] = (ended[reason] ?? 0) + 1));
    this.socket.on("live", (told) => this.take(told.audience, told.events));
    this.socket.on("beat", (told) => told.number > this.number && told.audience === this.audience && this.catchUp());
  }

  own() {
    return Date.now() + this.off; // what this device's clock says
  }

  async begin() {
    if (!this.socket.connected) {
      await new Promise((resolve, reject) => {
        this.socket.once("connect", resolve);
        this.socket.once("connect_error", reject);
      });
    }
    await this.catchUp();
    let best = Infinity;
    for (let i = 0; i < 3; i++) {
      const sent = this.own();
      const { now } = await this.socket.emitWithAck("clock");
      const trip = this.own() - sent;
      if (trip < best) {
        best = trip;
        this.base = now + trip / 2 - this.own();
      }
    }
  }

  async catchUp() {
    const answer = await this.socket.emitWithAck("listen", { audience: this.audience, number: this.number });
    if (!answer.ok || answer.reset) throw new Error(`not heard: ${this.audience}`);
    this.take(this.audience, answer.events);
  }

  take(audience, events) {
    if (audience !== this.audience) return;
    const at = ms();
    for (const event of events) {
      if (event.number <= this.number) continue;
      if (event.number > this.number + 1) {
        this.gaps++;
        return void this.catchUp().catch(() => {});
      }
      this.number = event.number;
      this.numbers.push(event.number);
      if (event.kind === "state") this.clock = event.data;
      const change = this.session.change;
      if (change && !change.seen.has(this) && change.is(event)) {
        change.seen.add(this);
        change.took.push(at - change.sent);
      }
    }
  }

  // Milliseconds left of the step, as this screen shows them.
  left() {
    const { left, at, runs } = this.clock;
    return runs ? left - (this.own() + this.base - at) : left;
  }

  do(command, data, key = randomUUID()) {
    return this.socket.timeout(20000).emitWithAck("do", { command, key, data: { session: this.session.id, ...data } });
  }
}

// One change at a time per session, of the kinds that a session has most.
async function change(session, took, sent) {
  const screens = session.screens.filter((screen) => screen.socket.connected);
  const by = screens[1 + Math.floor(Math.random() * (screens.length - 1))] ?? screens[0];
  const lead = session.screens[0];
  const lot = Math.random();
  session.change = { sent: ms(), seen: new Set(), took: [], is: () => true };
  let answer;
  if (lot < 0.4) {
    session.change.is = (event) => event.kind === "hand";
    by.up = !by.up;
    answer = await by.do("session.hand", { up: by.up });
  } else if (lot < 0.6 && lead.socket.connected) {
    session.change.is = (event) => event.kind === "state";
    session.added ??= 0;
    answer = await lead.do("session.timer", { do: "add", added: session.added });
    session.added += 60;
  } else {
    const text = randomUUID();
    session.change.is = (event) => event.kind === "entry" && event.data.text === text;
    const key = randomUUID();
    const said = { kind: "question", text, key, anyway: true }; // a random text may look like a number of somebody
    const own = randomUUID();
    answer = await by.do("session.contribute", said, own);
    if (Math.random() < 0.2) await by.do("session.contribute", said, own); // a retry
    if (answer.ok) sent.push(text);
  }
  if (!answer.ok) throw new Error(JSON.stringify(answer));
  for (let i = 0; i < 200 && session.change.seen.size < screens.length; i++) await pause(10);
  took.push(...session.change.took);
  const missed = screens.length - session.change.seen.size;
  session.change = null;
  return missed;
}

const sessions = asked.sessions;
const screens = [];
for (const session of sessions) {
  session.screens = session.cookies.map((cookie) => new Screen(session, cookie));
  screens.push(...session.screens);
  await Promise.all(session.screens.map((screen) => screen.begin()));
}
process.stderr.write(`  ${screens.length} screens\n`);
await pause(3000); // presence settles

const took = [];
const sent = [];
let late = 0;
const errors = [];
const until = ms() + asked.seconds * 1000;
const busy = sessions.map(async (session) => {
  await pause(Math.random() * asked.every);
  while (ms() < until) {
    try {
      late += await change(session, took, sent);
    } catch (error) {
      errors.push(String(error.message));
    }
    await pause(asked.every * (0.5 + Math.random()));
  }
});
await Promise.all(busy);
const p99 = share(took, 0.99);
const p50 = share(took, 0.5);

// The same timer on every screen, whatever their own clocks say: read as close together as can be.
let skew = 0;
for (const session of sessions.slice(0, 50)) {
  const lead = session.screens[0];
  session.change = null;
  session.added ??= 0;
  await lead.do("session.timer", { do: "add", added: session.added });
  session.added += 60;
}
await pause(1500);
for (const session of sessions) {
  const shown = session.screens.filter((screen) => screen.clock).map((screen) => screen.left());
  if (shown.length) skew = Math.max(skew, Math.max(...shown) - Math.min(...shown));
}

// A third of the screens is away while the others go on; then they come back.
const away = screens.filter((_screen, i) => i % 3 === 2);
for (const screen of away) screen.socket.io.engine.close();
for (const screen of away) screen.socket.disconnect();
const resume = ms() + asked.away * 1000;
const others = [];
await Promise.all(
  sessions.map(async (session) => {
    while (ms() < resume) {
      try {
        late += await change(session, others, sent);
      } catch (error) {
        errors.push(String(error.message));
      }
      await pause(asked.every * (0.5 + Math.random()));
    }
  }),
);
const back = [];
await Promise.all(
  away.map(async (screen) => {
    const began = ms();
    const connected = new Promise((resolve) => screen.socket.once("connect", resolve));
    screen.socket.connect();
    await connected;
    await screen.catchUp();
    back.push(ms() - began);
  }),
);
await pause(1000);
await Promise.all(screens.map((screen) => screen.catchUp()));

let lost = late;
let doubled = 0;
for (const session of sessions) {
  const last = Math.max(...session.screens.map((screen) => screen.number));
  for (const screen of session.screens) {
    const had = new Set(screen.numbers);
    doubled += screen.numbers.length - had.size;
    for (let n = session.number + 1; n <= last; n++) if (!had.has(n)) lost++;
  }
}
console.log(
  JSON.stringify({ p50, p99, changes: took.length, skew, back: Math.max(...back), backP99: share(back, 0.99), lost, doubled, sent: sent.length, errors: errors.length, error: errors[0] ?? null, ended, gaps: screens.reduce((sum, screen) => sum + screen.gaps, 0) }),
);
process.exit(0);
