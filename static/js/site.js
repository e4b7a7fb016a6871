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
