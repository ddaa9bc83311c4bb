/* Acts of a map's tools on their way to the page, numbered, each told until the service says it has seen it. */
(function () {
  "use strict";
  const W = window.Wangge;
  let seq = 0, waiting = [];
  /* Two quick acts may travel together. */
  W.act = function (detail) {
    seq = Math.max(seq + 1, Date.now());
    waiting.push({ ...detail, seq });
    W.tell({ event: "act", detail: { acts: waiting } });
    W.busy("act", true);
  };
  W.act.done = function (seen) {
    waiting = waiting.filter((one) => one.seq > seen);
    if (!waiting.length) W.busy("act", false);
  };
  W.planAct = W.act;
})();
