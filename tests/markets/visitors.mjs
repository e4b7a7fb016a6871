// The visitors of a whole market, with socket.io-client from npm: each follows the audiences of where they
// stand as `static/js/live.js` does (in order, once, catching up from their last number), and says things
// with keys of their own, again and again until they are answered. From the first round on a third of them is
// offline for a while. They are spread over the addresses of `urls`; who loses one goes on at the next.
// Reads {url, urls, market, modules, people: [{cookie, host}], rounds, round, offline} from standard input; writes
// a line for each round that began and reads one before it ends; at the end one of JSON: what every screen shows.
import { randomUUID } from "node:crypto";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const read = async () => (await lines.next()).value;
const asked = JSON.parse(await read());
const { io } = createRequire(`${asked.modules}/x.js`)("socket.io-client");
const pause = (time) => new Promise((resolve) => setTimeout(resolve, time));
const floor = `market:${asked.market}`;
const say = (line) => process.stdout.write(`${line}\n`);

setTimeout(() => process.exit(2), 240000).unref(); // whatever hangs does not hang for ever

class Visitor {
  heard = new Map(); // audience → { number, events }
  sent = []; // keys that were answered
  queue = Promise.resolve();

  constructor({ cookie, host }, n) {
    this.host = host;
    let at = n;
    const address = () => asked.urls[at % asked.urls.length];
    this.socket = io(address(), {
      transports: ["websocket"],
      forceNew: true,
      extraHeaders: { cookie, origin: asked.url },
      reconnectionDelay: 100,
      reconnectionDelayMax: 400,
    });
    this.socket.io.on("reconnect_attempt", () => {
      at += 1;
      this.socket.io.uri = address();
    });
    this.socket.on("connect", () => this.heard.forEach((_known, audience) => this.ask(audience)));
    this.socket.on("live", ({ audience, events }) => this.take(audience, events));
    this.socket.on("beat", ({ audience, number }) => number > (this.heard.get(audience)?.number ?? Infinity) && this.ask(audience));
    // Told of a move away that one has come back from since: as a page does, look where one stands and listen anew.
    this.socket.on("out", ({ audience }) => {
      this.heard.delete(audience);
      if (audience === `stall:${this.stall}`) this.listen(audience);
    });
  }

  listen(audience) {
    if (this.heard.has(audience)) return;
    this.heard.set(audience, { number: 0, events: [] });
    return this.ask(audience);
  }

  async ask(audience) {
    const known = this.heard.get(audience);
    if (!known || known.asking) return void (known && (known.again = true));
    known.asking = true;
    do {
      known.again = false;
      const answer = await this.socket.timeout(8000).emitWithAck("listen", { audience, number: known.number }).catch(() => null);
      if (this.heard.get(audience) !== known) return;
      if (!answer) known.again = this.socket.connected;
      else if (!answer.ok) return void this.heard.delete(audience);
      else if (answer.reset) throw new Error(`too much missed of ${audience}`);
      else this.take(audience, answer.events);
    } while (known.again);
    known.asking = false;
  }

  take(audience, events) {
    const known = this.heard.get(audience);
    if (!known) return;
    for (const event of events) {
      if (event.number <= known.number) continue;
      if (event.number > known.number + 1) return void this.ask(audience);
      known.number = event.number;
      known.events.push(event);
      if (audience === floor && event.kind === "clock" && event.data?.phase === "round") this.stand(event.data.round);
    }
  }

  // A round brought one somewhere: where, the server says.
  stand(round) {
    if (this.round === round) return;
    this.round = round;
    this.look();
  }

  look() {
    return this.do("market.follow", { market: asked.market }).then(({ answer }) => {
      if (this.stall && this.stall !== answer.stall) this.heard.delete(`stall:${this.stall}`);
      this.stall = answer.stall;
      if (this.stall) this.listen(`stall:${this.stall}`);
    });
  }

  // One after the other, each until it is answered; now and then twice on purpose.
  do(command, data) {
    const key = randomUUID();
    const frame = { command, key, data: { ...data, ...("key" in data ? { key } : {}) } };
    const done = this.queue.then(async () => {
      for (;;) {
        const answer = await this.socket.timeout(4000).emitWithAck("do", frame).catch(() => null);
        if (!answer || answer.again) {
          await pause(150);
          continue;
        }
        if (answer.ok && "key" in data) this.sent.push(key);
        if (Math.random() < 0.2) this.socket.emit("do", frame, () => {});
        return answer;
      }
    });
    this.queue = done.catch(() => {});
    return done;
  }

  async live(until) {
    let n = 0;
    while (!until()) {
      await pause(1200 + Math.random() * 2400);
      if (!this.stall) continue;
      const stall = this.stall;
      const lot = Math.random();
      n += 1;
      if (lot < 0.6) this.do("stall.say", { stall, text: "Dat ken ik ook van ons team.", key: "" });
      else if (lot < 0.8) this.do("stall.ask", { stall, text: "Hoe begon dat bij jullie?", nameless: lot < 0.7, key: "" });
      else this.do("stall.talk", { stall, wants: n % 2 === 0 });
    }
    await this.queue;
  }
}

const visitors = asked.people.map((one, n) => new Visitor(one, n));
await Promise.all(visitors.map((one) => one.listen(floor)));
await Promise.all(visitors.map((one) => one.listen(`market-places:${asked.market}`)));
let over = false;
const busy = visitors.map((one) => one.live(() => over));
const host = visitors.find((one) => one.host);
const away = visitors.filter((one, n) => !one.host && n % 3 === 0);
let back = null;

for (let round = 0; round < asked.rounds; round++) {
  await host.do("market.round", { market: asked.market, do: "begin", round });
  await host.do("market.announce", { market: asked.market, text: "De ronde is begonnen.", key: "" });
  if (round === 0) {
    while (!visitors.every((one) => one.round === 0)) await pause(50);
    away.forEach((one) => one.socket.disconnect());
    back = pause(asked.offline).then(() => away.forEach((one) => one.socket.connect()));
  }
  say(`round ${round}`); // whoever reads it may kill a server now
  await read();
  await pause(asked.round);
  await host.do("market.round", { market: asked.market, do: "end", round });
}
await back;
await pause(asked.round); // they say what they wanted to say
over = true;
await Promise.all(busy);
// Who was away for a whole round saw no clock of it: a page would show where one stands, so look.
await Promise.all(visitors.map((one) => one.look()));
// All at rest: nothing is asked, nothing comes any more.
for (let same = 0, before = ""; same < 6; ) {
  await pause(250);
  const now = visitors.map((one) => [...one.heard.values()].map(({ number, asking }) => `${number}${Boolean(asking)}`).join()).join(";");
  same = now === before && !now.includes("true") ? same + 1 : 0;
  before = now;
}
await Promise.all(visitors.flatMap((one) => [...one.heard.keys()].map((audience) => one.ask(audience))));
const shown = visitors.map(({ heard, sent, stall }) => ({ sent, stall, heard: Object.fromEntries([...heard].map(([audience, { events }]) => [audience, events])) }));
process.stdout.write(`${JSON.stringify(shown)}\n`, () => process.exit(0));
