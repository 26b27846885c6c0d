// The search of a site: units by part of a name, or by any form of their id. It makes its own
// field, since a page without JavaScript has no use for one; there, the list by county is.
"use strict";
(() => {
  const MOST = 20;
  const root = document.currentScript.getAttribute("src").replace(/search\.js$/, "");
  const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const words = (text) => folded(text).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  const made = (tag, attributes, ...inside) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...inside);
    return element;
  };
  const units = EBF_UNITS.map(([id, name, county]) => ({
    id, name, county, words: words(`${name} ${county}`),
  }));
  // An id is written with 11, 13 or 15 digits, with dashes, and without its leading zero: every
  // form begins as the id with 00 behind it does.
  const byId = (text) => {
    const said = text.replace(/\.0$/, "").replace(/[\s-]/g, "").toUpperCase();
    if (!/^\d{3}[\dA-Z]*$/.test(said)) return [];
    return units.filter(({ id }) => `${id}00`.startsWith(said) || `${id}00`.startsWith(`0${said}`));
  };
  const byName = (text) => {
    const asked = words(text);
    if (!asked.length) return [];
    const where = (is) => units.filter((unit) => (
      asked.every((each) => unit.words.some((own) => is(own, each)))
    ));
    return [
      ...where((own, each) => own.startsWith(each)), ...where((own, each) => own.includes(each)),
    ];
  };
  const field = made("input", {
    id: "search", type: "search", autocomplete: "off", spellcheck: "false",
    "aria-describedby": "found",
  });
  const said = made("p", { id: "found", role: "status" });
  const list = made("ul", {});
  const show = () => {
    const found = [...new Set([...byId(field.value), ...byName(field.value)])];
    list.replaceChildren(...found.slice(0, MOST).map(({ id, name, county }) => made(
      "li", {}, made("a", { href: `${root}units/${id}.html` }, name),
      ` ${[id, county].filter(Boolean).join(", ")}`,
    )));
    const more = found.length > MOST ? `, the first ${MOST} of them` : "";
    const count = `${found.length} ${found.length === 1 ? "unit" : "units"}${more}`;
    said.textContent = field.value.trim() ? count : "";
  };
  const search = made("form", { role: "search" },
    made("label", { for: "search" }, "Find a district by its name or id"), field, said, list);
  field.addEventListener("input", show);
  search.addEventListener("submit", (event) => {
    event.preventDefault();
    const first = list.querySelector("a");
    if (first) location.assign(first.href);
  });
  document.querySelector("header").append(search);
})();
