// Keeps pages live and knows a few shortcut keys. Without it everything works, but nothing
// changes until the page is loaded again.
"use strict";
document.documentElement.classList.add("script");

const state = document.getElementById("livestate");
const signedIn = "signedIn" in document.body.dataset;

function say(key, on) {
  if (!state) return;
  state.hidden = false;
  state.className = "livestate " + (on ? "on" : "off");
  state.textContent = (on ? "● " : "■ ") + state.dataset["say" + key[0].toUpperCase() + key.slice(1)];
}

// Parts of the page that are loaded again when something has happened.
const parts = [...document.querySelectorAll("[data-live]")];
let due = 0, loading = false, again = false;

function refreshSoon() {
  if (parts.length && !due) due = setTimeout(refresh, 300);
}

async function refresh() {
  due = 0;
  if (document.hidden) { again = true; return; }
  if (loading) { refreshSoon(); return; }
  loading = true;
  try {
    for (const part of parts) {
      const address = new URL(location.href);
      address.hash = "";
      address.searchParams.set("part", part.dataset.live);
      const answer = await fetch(address, { headers: { "Cubby-Live": "1" }, redirect: "error" });
      if (answer.status === 401) { over(); return; }
      if (answer.ok) replace(part, await answer.text());
    }
  } catch (e) { /* the stream says when the hub is away */ } finally { loading = false; }
}

// replace keeps what is open, scrolled and focused. A part somebody types in is left alone.
function replace(part, text) {
  const here = document.activeElement;
  const typed = (e) => e.type !== "hidden" && e.value !== e.defaultValue;
  if (part.contains(here) && here.matches("input, select, textarea")) return;
  if ([...part.querySelectorAll("input, textarea")].some(typed)) return;
  const name = (e) => e.id ? "#" + CSS.escape(e.id) : e.href ? `a[href="${CSS.escape(e.getAttribute("href"))}"]` : "";
  const focused = part.contains(here) ? name(here) : "";
  const nth = (all, e) => [...all].indexOf(e);
  const scrolls = [...part.querySelectorAll(".scroll")].map((e) => e.scrollLeft);
  const at = nth(part.querySelectorAll(".scroll"), here);
  const open = [...part.querySelectorAll("details")].map((e) => e.open);
  part.innerHTML = text;
  part.querySelectorAll("details").forEach((e, i) => { if (open[i]) e.open = true; });
  part.querySelectorAll(".scroll").forEach((e, i) => { e.scrollLeft = scrolls[i] || 0; });
  const back = focused ? part.querySelector(focused) : at >= 0 ? part.querySelectorAll(".scroll")[at] : null;
  if (back) back.focus({ preventScroll: true });
}

let stream;
function over() {
  if (stream) stream.close();
  say("over", false);
}

function listen() {
  const list = document.getElementById("events");
  const address = new URL("/live", location.href);
  if (list) {
    address.searchParams.set("after", list.dataset.after);
    address.searchParams.set("station", list.dataset.station);
  }
  stream = new EventSource(address);
  stream.onopen = () => { say("on", true); refreshSoon(); };
  stream.onerror = async () => {
    say("off", false);
    if (stream.readyState === EventSource.CLOSED) { // refused, not cut: is somebody else signed in?
      const answer = await fetch("/live?ask=1", { headers: { "Cubby-Live": "1" } }).catch(() => null);
      if (answer && answer.status === 401) over(); else setTimeout(listen, 5000);
    }
  };
  stream.addEventListener("fact", (e) => {
    refreshSoon();
    if (list) append(list, JSON.parse(e.data));
  });
}

// The page of live events.
const held = document.getElementById("held"), pause = document.getElementById("pause");
let paused = false, waiting = [];

function append(list, f) {
  if (list.dataset.kind && !f.type.startsWith(list.dataset.kind + ".")) return;
  if (paused) {
    waiting.push(f);
    if (waiting.length > 200) waiting.shift();
    held.textContent = list.dataset.held.replace("{n}", waiting.length);
    return;
  }
  const row = document.createElement("li"), node = (tag, text, href) => {
    const e = document.createElement(tag);
    e.textContent = text;
    if (href) e.href = href;
    row.append(e, " ");
    return e;
  };
  node("span", f.at).className = "dim";
  node("a", f.name, "/stations/" + encodeURIComponent(f.station)).className = "dim";
  node("a", f.text, f.link);
  node("code", f.type);
  row.className = "fresh";
  setTimeout(() => row.classList.remove("fresh"), 3000);
  list.prepend(row);
  while (list.children.length > 200) list.lastChild.remove();
}

if (pause) pause.addEventListener("click", () => {
  paused = !paused;
  pause.setAttribute("aria-pressed", paused);
  pause.textContent = paused ? pause.dataset.go : pause.dataset.pause;
  held.textContent = "";
  const list = document.getElementById("events");
  for (const f of waiting.splice(0)) append(list, f);
});

if (signedIn) {
  listen();
  setInterval(refreshSoon, 20000); // what time alone changes: offline, ages
  document.addEventListener("visibilitychange", () => { if (!document.hidden && again) { again = false; refreshSoon(); } });
  addEventListener("pagehide", () => stream.close());
  addEventListener("pageshow", (e) => { if (e.persisted) location.reload(); });
}

// A door of the drawing leads to its row, which lies in a closed list.
function openTarget() {
  const row = location.hash.startsWith("#door-") && document.getElementById(location.hash.slice(1));
  const list = row && row.closest("details");
  if (list) { list.open = true; row.scrollIntoView({ block: "center" }); }
}
addEventListener("hashchange", openTarget);
openTarget();

// Shortcut keys: off while one types, and altogether on the help page.
const useKeys = () => localStorage.getItem("shortcuts") !== "off";
const choice = document.getElementById("shortcuts");
if (choice) {
  choice.disabled = false;
  choice.checked = useKeys();
  choice.addEventListener("change", () => localStorage.setItem("shortcuts", choice.checked ? "on" : "off"));
}
let first = "", since = 0;
document.addEventListener("keydown", (e) => {
  if (!signedIn || !useKeys() || e.ctrlKey || e.metaKey || e.altKey || e.isComposing) return;
  if (e.target.matches("input, select, textarea")) return;
  const search = document.getElementById("search");
  if (e.key === "/" && search) { e.preventDefault(); search.focus(); return; }
  if (e.key === "?") { location.href = "/help"; return; }
  if (first && e.timeStamp - since < 1500) {
    const link = document.querySelector(`nav a[data-keys="${CSS.escape(first + " " + e.key)}"]`);
    first = "";
    if (link) { e.preventDefault(); location.href = link.href; }
    return;
  }
  first = e.key === "g" ? "g" : "";
  since = e.timeStamp;
});

// What cannot be undone is asked once more.
document.addEventListener("submit", (e) => {
  const text = e.target.dataset.ask;
  if (text && !confirm(text)) e.preventDefault();
});
