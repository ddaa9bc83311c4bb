/* The namespace, the event bus, DOM building through textContent only, texts, numbers and loading. */
(function () {
  "use strict";
  const W = (window.Wangge = window.Wangge || {});
  W.layers = [];
  W.state = {};
  const listeners = {};
  W.on = (name, act) => { (listeners[name] = listeners[name] || []).push(act); };
  W.emit = (name, detail) => { for (const act of listeners[name] || []) act(detail); };

  W.el = function (tag, attributes, ...children) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (value === null || value === undefined || value === false) continue;
      if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
      else if (name === "style") Object.assign(node.style, value);
      else node.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children) if (child !== null && child !== undefined) node.append(child instanceof Node ? child : String(child));
    return node;
  };
  W.clear = (node) => { while (node.firstChild) node.removeChild(node.firstChild); return node; };

  W.icon = function (path) {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("viewBox", "0 0 20 20"); svg.setAttribute("aria-hidden", "true");
    const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
    line.setAttribute("d", path); svg.append(line);
    return svg;
  };

  W.t = function (key, values) {
    const texts = (W.config && W.config.texts[W.state.lang]) || {};
    const one = W.config && W.state.lang === "en" && values && String(values.count) === "1" && (W.config.texts.one || {})[key];
    let shown = one || texts[key] || key;
    for (const [name, value] of Object.entries(values || {})) shown = shown.split("{" + name + "}").join(String(value));
    return shown;
  };
  W.titled = (title) => (title && typeof title === "object" ? title[W.state.lang] || title.en : title || "");

  const formats = new Map();
  W.number = function (value, decimals) {
    if (value === null || value === undefined || Number.isNaN(value)) return "–";
    const digits = decimals === undefined ? 1 : decimals, lang = W.state.lang === "en" ? "en-GB" : "zh-CN", key = lang + digits;
    if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(lang, { minimumFractionDigits: 0, maximumFractionDigits: digits }));
    return formats.get(key).format(value);
  };
  W.day = function (iso, seconds) {
    if (!iso) return "";
    const parts = { timeZone: W.config.time_zone, year: "numeric", month: "2-digit", day: "2-digit" };
    if (seconds) Object.assign(parts, { hour: "2-digit", minute: "2-digit", hour12: false });
    return new Intl.DateTimeFormat("sv-SE", parts).format(new Date(iso));
  };
  W.period = function (start, end) {
    if (!start || !end) return "";
    const last = new Date(new Date(end).getTime() - 1000).toISOString();
    return W.day(start) === W.day(last) ? W.day(start) : W.day(start) + " – " + W.day(last);
  };

  W.query = function (values) {
    const pairs = new URLSearchParams();
    for (const [name, value] of Object.entries(values)) if (value !== null && value !== undefined && value !== "") pairs.set(name, value);
    return pairs.toString();
  };
  /* The answer to an address, already asked for where the document could tell what would come first. */
  W.ask = function (url, options) {
    const early = window.WanggeEarly && window.WanggeEarly[url];
    if (!early) return fetch(url, { credentials: "same-origin", ...options });
    delete window.WanggeEarly[url];
    return early;
  };
  const latest = {};
  /* Load JSON. `slot` names what it is for: an answer that a newer request of its slot has overtaken is let go.
     `key` finds the answer inside a saved one-file map, where nothing is fetched. */
  W.load = async function (slot, key, url) {
    if (W.config.inline) return key in W.config.inline ? W.config.inline[key] : null;
    const turn = (latest[slot] = (latest[slot] || 0) + 1);
    W.busy(slot, true);
    try {
      const answer = await W.ask(url, { headers: { "X-Wangge-Language": W.state.lang } });
      const body = await answer.json();
      if (turn !== latest[slot]) return undefined;
      if (!answer.ok) { W.say(body.message || String(answer.status)); return null; }
      return body;
    } catch (failure) {
      W.say(W.t("The service does not answer. The map shows what it had."));
      return undefined;
    } finally {
      if (turn === latest[slot]) W.busy(slot, false);
    }
  };
  const working = new Set();
  W.busy = function (slot, is) {
    if (is) working.add(slot); else working.delete(slot);
    if (W.bar) W.bar.hidden = working.size === 0;
  };
  W.say = function (message) {
    if (!W.notice) return;
    W.notice.textContent = message; W.notice.hidden = !message;
    clearTimeout(W.say.timer);
    if (message) W.say.timer = setTimeout(() => { W.notice.hidden = true; }, 8000);
  };
  W.isBusy = () => working.size > 0;
})();
