/* Acts of a map's tools, numbered, each sent until the service says it has seen it. */
(function () {
  "use strict";
  const W = window.Wangge;
  let seq = 0, waiting = [], isAsking = false, asked = 0;
  const tellPage = (acts) => W.tell({ event: "act", detail: { acts } });
  const onceShown = (act) => (document.hidden ? act() : requestAnimationFrame(() => requestAnimationFrame(act)));
  W.act = function (detail) {
    seq = Math.max(seq + 1, Date.now());
    waiting.push({ ...detail, seq });
    W.busy("act", true);
    if (W.state.plan && W.state.plan.of) ask(); else tellPage(waiting);
  };
  W.act.done = function (seen) {
    waiting = waiting.filter((one) => one.seq > seen);
    if (!waiting.length && !isAsking) W.busy("act", false);
  };
  /* An act on a plan is asked of its session itself: the map and the numbers show the answer, then the page follows.
     One request at a time keeps acts in order; quick ones travel together. A session that is gone leaves it to the page. */
  async function ask() {
    if (isAsking) return;
    isAsking = true;
    const turn = ++asked;
    let sent = [];
    try {
      while (waiting.length) {
        sent = waiting.slice();
        const told = await post(sent);
        W.act.done(told.plan.seen);
        if (waiting.length) continue;
        W.tell({ event: "numbers", detail: told.numbers });
        W.apply({ plan: told.plan });
      }
    } catch (failure) { sent = waiting; }
    isAsking = false;
    onceShown(() => {
      if (turn !== asked) return;
      tellPage(sent);
      if (!waiting.length) W.busy("act", false);
    });
  }
  async function post(acts) {
    const url = `/api/plan/${W.state.plan.of}/acts?` + W.query({ ws: W.config.ws });
    const headers = { "Content-Type": "application/json", "X-Wangge-Language": W.state.lang };
    const answer = await fetch(url, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify({ acts }) });
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }
  /* A click on a map to draw on is for its tools: no page asks what was hit. */
  W.clicked = function () {};
  W.planAct = W.act;
})();
