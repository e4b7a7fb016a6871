// What every page shares. Pages work without it.

// A menu closes on Escape (focus returns to its button) and when one goes on elsewhere.
const menus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus()) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});

for (const kind of ["pointerdown", "focusin"]) {
  document.addEventListener(kind, (event) => {
    for (const menu of menus()) if (!menu.contains(event.target)) menu.open = false;
  });
}

// After a form that came back with errors, reading starts at the summary, or at what the text check found.
(document.getElementById("error-summary") ?? document.getElementById("textcheck"))?.focus();

// A summary's link to a field also puts the cursor there.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.('.error-summary a[href^="#"], #textcheck a[href^="#"]');
  const target = link && document.getElementById(link.hash.slice(1));
  if (!target) return;
  event.preventDefault();
  target.focus();
  target.scrollIntoView({ block: "center" });
});

// A finger that presses twice sends once. What scripts send themselves is theirs to watch over.
const AGAIN = 2000;
document.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  const { target: form, timeStamp: now } = event;
  if (now - (form.sentAt ?? -AGAIN) < AGAIN) event.preventDefault();
  else form.sentAt = now;
});

// A file that the site would refuse is left out before it is sent: minutes on a phone, for nothing.
document.addEventListener("change", ({ target }) => {
  const most = target.dataset?.mostMb * 1024 * 1024;
  if (!most) return;
  const all = [...target.files];
  const kept = new DataTransfer();
  for (const file of all) if (file.size <= most) kept.items.add(file);
  const large = all.filter((file) => file.size > most).map((file) => file.name);
  if (large.length) target.files = kept.files;
  let said = target.parentElement.querySelector("[data-left-out]");
  if (!said && !large.length) return;
  if (!said) {
    said = document.createElement("p");
    said.className = "error";
    said.dataset.leftOut = "";
    said.setAttribute("role", "alert");
    target.before(said);
  }
  said.textContent = large.map((name) => target.dataset.tooLarge.replace("{}", () => name)).join(" ");
  said.hidden = !large.length;
});
