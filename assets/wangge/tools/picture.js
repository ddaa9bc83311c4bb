/* The map as a picture: title, map, legend, scale, period, sources and, on demonstration data, its mark. */
(function () {
  "use strict";
  const W = window.Wangge;
  const PAD = 24, SIDE = 250, HEAD = 64, FOOT = 40;
  function fit(ctx, text, width) {
    if (ctx.measureText(text).width <= width) return text;
    let shown = text;
    while (shown.length > 1 && ctx.measureText(shown + "…").width > width) shown = shown.slice(0, -1);
    return shown + "…";
  }
  function wrap(ctx, text, width) {
    const lines = [""];
    for (const sign of text) { if (ctx.measureText(lines[lines.length - 1] + sign).width > width) lines.push(""); lines[lines.length - 1] += sign; }
    return lines;
  }
  function nice(metres) { const p = Math.pow(10, Math.floor(Math.log10(metres))), d = metres / p; return p * (d >= 5 ? 5 : d >= 2 ? 2 : 1); }
  function scale(ctx, theme, x, y) {
    const map = W.map, size = map.getSize(), left = map.containerPointToLatLng([0, size.y / 2]), right = map.containerPointToLatLng([100, size.y / 2]);
    const per = W.metres(left, right) / 100, length = nice(per * 120);
    ctx.strokeStyle = theme.ink; ctx.lineWidth = 1.2; ctx.beginPath();
    ctx.moveTo(x, y - 5); ctx.lineTo(x, y); ctx.lineTo(x + length / per, y); ctx.lineTo(x + length / per, y - 5); ctx.stroke();
    ctx.fillStyle = theme.ink; ctx.font = `11px ${W.FONT}`;
    ctx.fillText(length < 1000 ? length + " m" : length / 1000 + " km", x + 4, y - 5);
  }
  function legend(ctx, theme, x, y) {
    const answer = W.areas.values;
    ctx.font = `600 13px ${W.FONT}`; ctx.fillStyle = theme.ink;
    if (answer && answer.values) {
      for (const line of wrap(ctx, W.titled(answer.title), SIDE - PAD)) { ctx.fillText(line, x, (y += 18)); }
      ctx.font = `11px ${W.FONT}`; ctx.fillStyle = theme.faint;
      ctx.fillText([W.titled(answer.unit), W.levelTitle(W.areas.level)].filter(Boolean).join(" · "), x, (y += 17)); y += 8;
      for (const row of W.legendRows()) {
        ctx.fillStyle = row.colour; ctx.fillRect(x, y, 24, 14);
        if (row.hatch) { ctx.fillStyle = W.hatch(ctx, row.hatch === "wg-unsure" ? theme.unsure : theme.hatch, 1); ctx.fillRect(x, y, 24, 14); }
        ctx.strokeStyle = theme.border; ctx.lineWidth = 1; ctx.strokeRect(x + 0.5, y + 0.5, 23, 13);
        ctx.fillStyle = theme.ink; ctx.font = `12px ${W.FONT}`; ctx.fillText(row.label, x + 32, y + 11);
        ctx.fillStyle = theme.faint; ctx.textAlign = "right"; ctx.fillText(row.count === null ? "" : W.number(row.count, 0), x + SIDE - PAD - 4, y + 11); ctx.textAlign = "left";
        y += 20;
      }
      ctx.font = `11px ${W.FONT}`; ctx.fillStyle = theme.faint;
      for (const note of W.legendNotes()) for (const line of wrap(ctx, note, SIDE - PAD)) ctx.fillText(line, x, (y += 15));
      y += 12;
    }
    for (const layer of W.layers) for (const one of (!layer.hidden && layer.keys && layer.keys()) || []) {
      ctx.fillStyle = one.colour; ctx.beginPath(); ctx.roundRect(x, y + 2, 14, 14, one.round ? 7 : 3);
      if (one.hollow) { ctx.strokeStyle = one.colour; ctx.lineWidth = 2; ctx.stroke(); } else ctx.fill();
      if (one.glyph) { ctx.fillStyle = "#fff"; ctx.font = `9px ${W.FONT}`; ctx.textAlign = "center"; ctx.fillText(one.glyph, x + 7, y + 12); ctx.textAlign = "left"; }
      ctx.fillStyle = theme.ink; ctx.font = `12px ${W.FONT}`; ctx.fillText(fit(ctx, one.label, SIDE - 90), x + 22, y + 13);
      if (one.count !== undefined) { ctx.fillStyle = theme.faint; ctx.textAlign = "right"; ctx.fillText(W.number(one.count, 0), x + SIDE - PAD - 4, y + 13); ctx.textAlign = "left"; }
      y += 20;
    }
  }
  W.composePicture = async function () {
    const map = W.map, size = map.getSize(), theme = W.theme(), ratio = 2;
    const width = size.x + SIDE + 2 * PAD, height = Math.max(size.y, 460) + HEAD + FOOT;
    if (document.fonts) await document.fonts.ready;
    const canvas = document.createElement("canvas"); canvas.width = width * ratio; canvas.height = height * ratio;
    const ctx = canvas.getContext("2d");
    const part = document.createElement("canvas"); part.width = size.x * ratio; part.height = size.y * ratio;
    const min = map.containerPointToLayerPoint([0, 0]);
    W.stage.paintOn(part.getContext("2d"), L.bounds(min, min.add(size)), ratio);
    ctx.scale(ratio, ratio);
    ctx.fillStyle = theme.land; ctx.fillRect(0, 0, width, height);
    ctx.fillStyle = theme.paper; ctx.fillRect(PAD, HEAD, size.x, size.y);
    ctx.drawImage(part, PAD, HEAD, size.x, size.y);
    ctx.strokeStyle = theme.border; ctx.lineWidth = 1; ctx.strokeRect(PAD + 0.5, HEAD + 0.5, size.x - 1, size.y - 1);
    const answer = W.areas.values, title = W.state.title || [W.config.title, answer && answer.values ? W.titled(answer.title) : W.levelTitle(W.areas.level)].filter(Boolean).join(" · ");
    ctx.fillStyle = theme.ink; ctx.font = `600 20px ${W.FONT}`; ctx.fillText(fit(ctx, title, width - 2 * PAD), PAD, 34);
    ctx.font = `12px ${W.FONT}`; ctx.fillStyle = theme.faint;
    ctx.fillText([W.period(W.state.start, W.state.end), W.levelTitle(W.areas.level)].filter(Boolean).join(" · "), PAD, 53);
    legend(ctx, theme, PAD + size.x + 20, HEAD - 14);
    scale(ctx, theme, PAD + 12, HEAD + size.y - 14);
    ctx.font = `11px ${W.FONT}`; ctx.fillStyle = theme.faint;
    ctx.fillText(fit(ctx, W.t("Source") + ": " + (W.config.attribution.join(" · ") || W.config.title) + " · " + W.t("made {time}", { time: W.day(new Date().toISOString(), true) }), width - 2 * PAD - 220), PAD, height - 15);
    if (W.config.synthetic) {
      ctx.font = `700 13px ${W.FONT}`; const w = ctx.measureText(W.SYNTHETIC).width + 20;
      for (const [x, y] of [[PAD + size.x - w - 8, HEAD + 8], [width - PAD - w, height - 32]]) {
        ctx.fillStyle = "#fff3dc"; ctx.fillRect(x, y, w, 23); ctx.strokeStyle = "#c98a2b"; ctx.strokeRect(x, y, w, 23);
        ctx.fillStyle = "#8a4b00"; ctx.fillText(W.SYNTHETIC, x + 10, y + 16);
      }
    }
    return canvas;
  };
  W.picture = async function () {
    const canvas = await W.composePicture();
    canvas.toBlob((blob) => {
      const link = W.el("a", { href: URL.createObjectURL(blob), download: "wangge-map.png", hidden: true });
      document.body.append(link); link.click(); link.remove();
      setTimeout(() => URL.revokeObjectURL(link.href), 20000);
    }, "image/png");
  };
})();
