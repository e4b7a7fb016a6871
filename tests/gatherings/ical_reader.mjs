// Reads calendar files with ical.js, by their own VTIMEZONE: 'file', and one line for each event.
// Use: node ical_reader.mjs <path of ical.js> <file>…
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [library, ...files] = process.argv.slice(2);
const { default: ICAL } = await import(pathToFileURL(library).href);

for (const file of files) {
  console.log("file");
  ICAL.TimezoneService.reset();
  const calendar = new ICAL.Component(ICAL.parse(readFileSync(file, "utf8")));
  for (const zone of calendar.getAllSubcomponents("vtimezone")) {
    ICAL.TimezoneService.register(zone);
  }
  for (const part of calendar.getAllSubcomponents("vevent")) {
    const event = new ICAL.Event(part);
    const seconds = (time) => time.convertToZone(ICAL.Timezone.utcTimezone).toUnixTime();
    const alarms = part.getAllSubcomponents("valarm").length;
    console.log([event.uid, seconds(event.startDate), seconds(event.endDate), event.sequence ?? 0, alarms].join("\t"));
  }
}
