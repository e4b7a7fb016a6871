// The screens of one large market, or of the bare echo that it is compared to: plain WebSockets, so that
// the load does not cost more than what is measured. They are spread over `urls`, if there are several. Reads {url, urls, modules, kind, clients: [cookie, ...], speakers,
// audiences: [{name, number}], seconds, rate, flight, market} from standard input, writes one line of JSON.
//
// `flight` messages are under way at a time for `seconds` (the rate at saturation), then `rate` a second
// are said for `seconds` (the time from saying to hearing).
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const asked = JSON.parse(readFileSync(0, "utf8"));
const { WebSocket } = createRequire(`${asked.modules}/x.js`)("ws");
const echo = asked.kind === "echo";
const ms = () => performance.now();
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const share = (list, part) => list.sort((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * part))] ?? null;
const WORDS = "Loop zo meteen vast naar je volgende kraam, de ronde begint over een paar minuten. Schrijf op wat je wilt bewaren en neem mee wat je kreeg. Tot straks bij de koffie.";

const clients = [];
const said = new Map(); // what was said → { sent, heard, done }
let delivered = 0;
let took = [];
let dropped = 0;

class Client {
  constructor(cookie, n) {
    const url = asked.urls?.[n % asked.urls.length] ?? asked.url;
    this.acks = new Map();
    this.next = 0;
    this.numbers = new Map(); // audience → numbers heard, in order
    this.ready = new Promise((resolve, reject) => {
      this.socket = new WebSocket(`${url.replace("http", "ws")}/socket.io/?EIO=4&transport=websocket`, {
        perMessageDeflate: false,
        origin: asked.url,
        headers: cookie ? { cookie } : {},
      });
      this.socket.on("message", (bytes) => this.hear(bytes.toString(), resolve));
      this.socket.on("error", reject);
      this.socket.on("close", () => dropped++);
    });
  }

  hear(text, ready) {
    if (text[0] === "0") this.socket.send("40");
    else if (text === "2") this.socket.send("3");
    else if (text.startsWith("40")) ready();
    else if (text.startsWith("43")) {
      const at = text.indexOf("[");
      const id = Number(text.slice(2, at));
      this.acks.get(id)?.(JSON.parse(text.slice(at))[0]);
      this.acks.delete(id);
    } else if (text.startsWith("42")) {
      const [event, data] = JSON.parse(text.slice(2));
      if (event === "go") this.heard(data.id);
      else if (event === "live") {
        for (const one of data.events) {
          this.count(data.audience, one.number);
          if (one.kind === "call") this.heard(one.subject);
        }
      }
    }
  }

  count(audience, number) {
    if (!this.numbers.has(audience)) this.numbers.set(audience, []);
    this.numbers.get(audience).push(number);
  }

  heard(id) {
    delivered++;
    const known = known_(id);
    known.heard.push(ms());
    settle(known);
  }

  call(event, data) {
    return new Promise((resolve) => {
      const id = this.next++;
      this.acks.set(id, resolve);
      this.socket.send(`42${id}${JSON.stringify([event, data])}`);
    });
  }
}

const known_ = (id) => {
  if (!said.has(id)) said.set(id, { sent: null, heard: [], done: null });
  return said.get(id);
};
const settle = (known) => {
  if (known.sent === null || known.heard.length < clients.length) return;
  took.push(...known.heard.map((at) => at - known.sent));
  known.heard = known.heard.slice(); // counted once
  known.done?.(true);
};

let turn = 0;
let count = 0;
let refused = 0;
const answers = [];
// Says one thing to all; resolves when all have heard it, false after fifteen seconds.
async function say() {
  const speaker = clients[turn++ % asked.speakers];
  const sent = ms();
  let id;
  if (echo) {
    id = ++count;
    speaker.socket.send(`42${JSON.stringify(["go", { id, text: WORDS }])}`);
  } else {
    const key = randomUUID();
    const data = { market: asked.market, text: WORDS, key, anyway: true };
    const frame = { command: "market.announce", key, data };
    const answer = await speaker.call("do", frame);
    if (!answer.ok) {
      refused++;
      return false;
    }
    if (count++ % 5 === 0) speaker.call("do", frame).then((again) => again.answer?.call === answer.answer.call || refused++); // a retry
    id = answer.answer.call;
    answers.push(id);
  }
  const known = known_(id);
  known.sent = sent;
  const all = new Promise((resolve) => (known.done = resolve));
  settle(known);
  const late = new Promise((resolve) => setTimeout(() => resolve(false), 15000).unref());
  return Promise.race([all, late]);
}

for (let i = 0; i < asked.clients.length; i += 40) {
  const some = asked.clients.slice(i, i + 40).map((cookie, n) => new Client(cookie, n));
  clients.push(...some);
  await Promise.all(some.map((client) => client.ready));
  if (!echo) {
    await Promise.all(some.map((client) => Promise.all(asked.audiences.map(async ({ name, number }) => {
      const answer = await client.call("listen", { audience: name, number });
      if (!answer.ok) throw new Error(`not heard: ${name}`);
      for (const one of answer.events) client.count(name, one.number);
    }))));
  }
}
process.stderr.write(`  ${clients.length} screens of ${asked.kind}\n`);
await pause(2000);
for (let i = 0; i < 3; i++) await say();

// As much as goes.
delivered = 0;
let late = 0;
let begun = ms();
await Promise.all(
  Array.from({ length: asked.flight }, async () => {
    while (ms() - begun < asked.seconds * 1000) if (!(await say())) late++;
  }),
);
const rate = delivered / ((ms() - begun) / 1000);

// So many a second.
took = [];
const under = [];
await pause(1000);
for (let i = 0; i < asked.rate * asked.seconds; i++) {
  const due = ms();
  under.push(say());
  await pause(Math.max(0, 1000 / asked.rate - (ms() - due)));
}
late += (await Promise.all(under)).filter((heard) => !heard).length;
await pause(500);

let lost = late;
let doubled = 0;
if (!echo) {
  for (const { name, number } of asked.audiences) {
    const last = Math.max(number, ...clients.map((client) => Math.max(number, ...(client.numbers.get(name) ?? []).slice(-1))));
    for (const client of clients) {
      const heard = client.numbers.get(name) ?? [];
      const once = new Set(heard);
      doubled += heard.length - once.size;
      for (let n = number + 1; n <= last; n++) if (!once.has(n)) lost++;
      for (let i = 1; i < heard.length; i++) if (heard[i] < heard[i - 1]) lost++; // out of order
    }
  }
}
const p50 = share(took, 0.5);
const p99 = share(took, 0.99);
console.log(JSON.stringify({ rate: Math.round(rate), p50, p99, lost, doubled, refused, dropped, said: answers.length }));
process.exit(0);
