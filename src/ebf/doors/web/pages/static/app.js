// What a browser with script does beside: sliders, and answers without pressing a button.
// Every page and form works without it.
"use strict";

const WAIT = 150; // milliseconds after the last key

// --- Sliders: a number field that says how far it goes gets one, bound to it ----------------

function slide(field) {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = field.dataset.low;
  slider.max = field.dataset.high;
  slider.step = field.dataset.step;
  slider.value = field.value || field.dataset.was;
  slider.setAttribute("aria-label", `${labelOf(field)}, slider`);
  slider.addEventListener("input", () => {
    field.value = slider.value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  field.addEventListener("input", (event) => {
    if (event.isTrusted) slider.value = field.value || field.dataset.was;
  });
  field.after(slider);
}

function labelOf(field) {
  return field.labels[0] ? field.labels[0].textContent.trim().replace(/\s+/g, " ") : field.name;
}

function sliders(within) {
  for (const field of within.querySelectorAll("input[data-high]")) slide(field);
}

// --- What a form asks: the what-if of the address, with what its fields say anew -----------

const fieldsOf = (form) => form.querySelectorAll("input[name]:not([type=hidden]), select[name]");

let current = location.search; // what was asked last, answered yet or not

function asked(form) {
  const pairs = new URLSearchParams(current);
  for (const key of ["search", "about"]) pairs.delete(key);
  for (const field of fieldsOf(form)) {
    pairs.delete(field.name);
    const same = "was" in field.dataset && field.value === field.dataset.was;
    if (field.value.trim() !== "" && !same) pairs.set(field.name, field.value);
  }
  const query = pairs.toString();
  return form.getAttribute("action") + (query ? `?${query}` : "");
}

// --- The answer: parts of the page that the address has, in place of ours --------------------

const asking = new Map(); // by what is asked for: a later question ends the one before

async function fetched(address, what) {
  asking.get(what)?.abort();
  asking.set(what, new AbortController());
  const response = await fetch(address, { signal: asking.get(what).signal });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  return { response, page };
}

function replacePart(name, page) {
  const ours = document.querySelector(`[data-part="${name}"]`);
  const theirs = page.querySelector(`[data-part="${name}"]`);
  if (!ours) return;
  if (!theirs) {
    ours.replaceChildren(); // what is not answered is not shown as if it were
    return;
  }
  const opened = new Set([...ours.querySelectorAll("details[open] > summary")].map((s) => s.textContent));
  const fresh = document.importNode(theirs, true);
  for (const summary of fresh.querySelectorAll("details > summary")) {
    if (opened.has(summary.textContent)) summary.parentElement.open = true;
  }
  later(fresh.querySelectorAll("img[src]"));
  ours.replaceWith(fresh);
  sliders(fresh);
}

// Pictures take the service longer than numbers: they are asked for once nothing is typed.
const REST = 700;
let resting;

function later(pictures) {
  for (const each of pictures) {
    each.dataset.later = each.getAttribute("src");
    each.removeAttribute("src");
  }
  clearTimeout(resting);
  resting = setTimeout(() => {
    for (const each of document.querySelectorAll("img[data-later]")) each.src = each.dataset.later;
  }, REST);
}

function say(words) {
  const region = document.getElementById("said");
  if (region.textContent !== words) region.textContent = words;
}

async function live(form) {
  document.body.classList.add("computing");
  const address = asked(form);
  current = new URL(address, location.href).search;
  try {
    const { response, page } = await fetched(address, "answer");
    for (const name of ["answer", "more"]) replacePart(name, page);
    if (response.ok) {
      for (const name of ["what-if", "ways"]) replacePart(name, page);
      history.replaceState(null, "", response.url);
      document.title = page.title;
      for (const other of document.querySelectorAll("form[data-find=units]")) {
        if (other.search.value.trim()) find(other, true); // its links have the what-if of before
      }
    }
    const said = page.querySelector("[data-said]");
    say(said ? said.textContent.trim() : page.title);
  } catch (error) {
    if (error.name === "AbortError") return; // a later one is on its way
    say("No answer: the service cannot be reached.");
  }
  document.body.classList.remove("computing");
}

async function find(form, quietly = false) {
  try {
    const { page } = await fetched(asked(form), form.dataset.find);
    replacePart(form.dataset.find, page);
    const found = page.querySelectorAll(`[data-part="${form.dataset.find}"] :is(li, .field)`).length;
    if (!quietly) say(`${found} found`);
  } catch (error) {
    if (error.name !== "AbortError") say("No answer: the service cannot be reached.");
  }
}

// --- Forms: those of this page answer as one types ---------------------------------------------

function answered(form) {
  if (form.dataset.find) return find;
  return "live" in form.dataset && form.getAttribute("action") === location.pathname ? live : null;
}

const waiting = new WeakMap(); // by form

document.addEventListener("input", (event) => {
  const form = event.target.form;
  const answer = form && answered(form);
  if (!answer) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => answer(form), WAIT));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  const answer = answered(form);
  if (answer) {
    event.preventDefault();
    clearTimeout(waiting.get(form));
    answer(form);
  } else if ("live" in form.dataset) {
    event.preventDefault();
    location.assign(asked(form)); // of another page, as short as it can be said
  } else if ("upload" in form.dataset) {
    // the file goes with the what-if that the address has by now
    form.action = form.getAttribute("action").split("?")[0] + current;
  }
});

sliders(document);

// What was typed before the script was there is answered too.
const isTyped = (field) => field.tagName === "INPUT" && field.value !== field.defaultValue;
for (const form of document.forms) {
  if ([...fieldsOf(form)].some(isTyped)) answered(form)?.(form);
}
