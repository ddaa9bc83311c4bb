/* Stands in the head of a document opened by its own address, before all other scripts: asks for what they will want
   first, as seen from the zoom at which everything fits. They take an answer by its address (W.ask). Inside a page
   nothing is asked: the page says only later what is shown. */
window.WanggeEarly = {};
window.askEarly = function (asked, box, language) {
  "use strict";
  if (window.parent !== window) return;
  const zoom = Math.floor(4 * Math.log2(Math.min((innerWidth - 32) / (box[2] - box[0]), (innerHeight - 32) / (box[3] - box[1])))) / 4;
  const detail = zoom < 11.5 ? 0 : zoom < 14 ? 1 : 2;   // W.detail, which is not there yet
  const reach = [innerWidth, innerHeight].map((one) => (0.65 * one) / 2 ** zoom);
  function ask(url) {
    window.WanggeEarly[url] = fetch(url, { credentials: "same-origin", headers: { "X-Wangge-Language": language } });
    window.WanggeEarly[url].catch(() => {});            // whoever takes it says what failed
  }
  /* The first and last tile of one axis that are in view and hold something. */
  function ends(axis, side) {
    const middle = (box[axis] + box[axis + 2]) / 2;
    return [Math.max(box[axis], middle - reach[axis]), Math.min(box[axis + 2], middle + reach[axis])].map((one) => Math.floor(one / side));
  }
  for (const [url, first, last] of asked) {
    if (zoom < first) continue;
    if (last === undefined) { ask(url.replace("detail=*", "detail=" + detail)); continue; }
    const z = Math.min(last, Math.floor(zoom)), side = 256 / 2 ** z, [left, right] = ends(0, side), [top, bottom] = ends(1, side);
    for (let x = left; x <= right; x++) for (let y = top; y <= bottom; y++) ask(url.replace("*", z + "/" + x + "/" + y));
  }
};
