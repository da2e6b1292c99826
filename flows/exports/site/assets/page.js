// Pairs, the address, the theme and the drawing of charts. Pairs come as scripts: a page opened from disk may not fetch.
(function () {
  "use strict";
  var state = window.entrepot;
  var taken = {};
  var waiting = {};
  var views = [];
  var turn = 0;
  var address = read();
  var trouble = ""; // what is said where the address names no pair
  state.shown = state.first;

  function byId(id) {
    return document.getElementById(id);
  }

  // The second of a pair in the order of names has the second colour everywhere.
  state.isSecond = function (code) {
    var other = state.shown.split("-").filter(function (one) { return one !== code; })[0];
    return state.names[other] < state.names[code];
  };

  function keyOf(one, other) {
    return [one, other].sort().join("-");
  }

  state.unpack = function (packed) {
    var bytes = Uint8Array.from(atob(packed), function (letter) { return letter.charCodeAt(0); });
    return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"))).json();
  };

  // Loads a file beside the page; says so where it is missing.
  state.script = function (address, lacking) {
    var script = document.createElement("script");
    script.src = address;
    script.onerror = function () {
      lacking();
      tell("The file " + address + " is not beside the page; copy the whole folder.", true);
    };
    document.head.appendChild(script);
    return script;
  };

  // A pair's file hands over what it holds, compressed.
  state.take = function (key, packed) {
    state.unpack(packed).then(function (page) {
      taken[key] = page;
      (waiting[key] || []).forEach(function (then) { then(); });
      delete waiting[key];
    });
  };

  // --- the address: #pair=CHN-RUS&at=ranks&open=ranks-table-1&table=coverage&in=eur, or &only=turnover-by-year for one chart

  function read() {
    var found = { pair: "", at: "", open: [], table: [], in: "", only: "" };
    location.hash.slice(1).split("&").forEach(function (part) {
      var at = part.indexOf("="), name = part.slice(0, at), value = part.slice(at + 1);
      if (at < 0 && part) found.at = part;
      else if (name === "open" || name === "table") found[name] = value.split(",").filter(Boolean);
      else if (name in found) found[name] = value;
    });
    return found;
  }

  var written = location.hash; // what the page itself has put there

  function remember() {
    var parts = ["pair=" + address.pair];
    if (address.at) parts.push("at=" + address.at);
    if (address.open.length) parts.push("open=" + address.open.join(","));
    if (address.table.length) parts.push("table=" + address.table.join(","));
    if (address.in) parts.push("in=" + address.in);
    try {
      history.replaceState(null, "", "#" + parts.join("&"));
    } catch (error) {
      location.hash = parts.join("&");
    }
    written = location.hash;
  }

  function goTo(id) {
    var part = id && byId(id);
    if (!part) return;
    for (var around = part; around; around = around.parentElement) {
      if (around.tagName === "DETAILS") around.open = true;
    }
    part.scrollIntoView();
  }

  // --- theme

  function isDark() {
    var chosen = document.documentElement.dataset.theme;
    return chosen ? chosen === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function sayTheme() {
    var button = byId("theme");
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Switch to light colours" : "Switch to dark colours");
    button.setAttribute("aria-pressed", String(isDark()));
  }

  function changeTheme() {
    var next = isDark() ? "light" : "dark";
    document.documentElement.dataset.theme = next;
    try {
      localStorage.setItem("entrepot-theme", next);
    } catch (error) {
      // the choice lasts until the page is closed
    }
    sayTheme();
    draw();
  }

  // --- charts

  state.chartOf = chartOf;
  function chartOf(name) {
    var page = taken[state.shown];
    return state.charts[name] || (page && state.measured(page.charts[name], address.in));
  }

  // A chart that many pairs share has a file of its own; a map has its outlines besides.
  var sharing = {};
  function whenThere(box) {
    var name = box.dataset.chart;
    if (box.dataset.shared === undefined) return Promise.resolve(chartOf(name));
    sharing[name] = sharing[name] || new Promise(function (then) {
      sharing[name + "-found"] = then;
      state.script("charts/" + name + ".js", function () { delete sharing[name]; });
    });
    sharing.world = sharing.world || new Promise(function (then) {
      var script = state.script("world.js", function () { delete sharing.world; });
      script.onload = then;
    });
    return Promise.all([sharing[name], sharing.world]).then(function () { return chartOf(name); });
  }

  state.shared = function (name, packed) {
    state.unpack(packed).then(function (chart) {
      state.charts[name] = chart;
      sharing[name + "-found"]();
    });
  };

  // What a mark says when pointed at: a value that is not known has no line.
  function hover(told, sanitize) {
    var lines = Object.keys(told).filter(function (name) { return ["null", "undefined", ""].indexOf(String(told[name])) < 0; });
    return "<table>" + lines.map(function (name) {
      return '<tr><td class="key">' + sanitize(name) + '</td><td class="value">' + sanitize(told[name]) + "</td></tr>";
    }).join("") + "</table>";
  }

  function draw() {
    if (!window.vegaEmbed || !state.specs) return;
    views.forEach(function (view) {
      view.finalize();
    });
    views = [];
    turn += 1;
    var mine = turn;
    document.documentElement.dataset.drawn = isDark() ? "dark" : "light";
    document.querySelectorAll(".draw").forEach(function (box) {
      var options = { renderer: "svg", tooltip: { theme: isDark() ? "dark" : "light", formatTooltip: hover } };
      whenThere(box)
        .then(function (chart) {
          if (!chart) return null;
          state.caption(box, chart);
          var isTable = address.table.indexOf(box.dataset.chart) >= 0;
          state.view(box.dataset.chart, false);
          var spec = state.specs[chart.kind](chart, box.clientWidth);
          state.view(box.dataset.chart, isTable);
          return spec;
        })
        .then(function (spec) {
          if (!spec || mine !== turn) return null; // the reader has asked for something else meanwhile
          spec.description = box.parentElement.querySelector(".summary").textContent.trim();
          return state.embed(box, spec, options);
        })
        .then(function (result) {
          if (!result) return;
          views.push(result);
          box.dataset.drawn = "yes";
        });
    });
  }

  // --- picker

  // Read out; shown too where it is trouble.
  function tell(words, isTrouble) {
    byId("told").textContent = words;
    byId("told").classList.toggle("away", !isTrouble);
  }

  function text(tag, words) {
    var made = document.createElement(tag);
    made.textContent = words;
    return made;
  }

  // A state that has ended trades no more, and others may.
  function whyNone(one, other) {
    var ended = [one, other].filter(function (code) { return state.ended[code]; });
    var until = ended.map(function (code) { return state.said(code) + " existed until " + state.ended[code]; }).join(", ");
    return ended.length ? state.sentence(until) + "." : "That does not mean that they do not trade.";
  }

  // Groups of which nothing is added up, because nobody has listed their members.
  function whyNoSum(one, other) {
    return [one, other].map(function (code) { return state.withoutMembers[code]; }).filter(Boolean).map(function (words) { return words + " "; }).join("");
  }

  // A pair without a page: its own names, what that means, and what would bring it. `loose` is what is known of goods or
  // months alone.
  function showNone(one, other, loose) {
    var names = state.said(one) + " and " + state.said(other);
    var head = text("h1", state.sentence(state.said(one)) + " "), and = text("span", "and");
    and.className = "and";
    head.append(and, " " + state.said(other));
    var lead = [head, text("p", loose ? "No whole year of the trade between " + names + " is loaded, but " + loose + " are."
      : "No figure of the trade between " + names + " is on this page.")];
    lead[1].className = "sub";
    lead.push(text("p", loose ? "This page shows years. To see what is known of the two, ask the warehouse:"
      : whyNone(one, other) + " " + whyNoSum(one, other) + "These commands say whose reports the warehouse has, and what could be fetched:"));
    lead.push(text("pre", "entrepot profile " + one + " " + other + (loose ? "" : "\nentrepot sources")));
    byId("lead").replaceChildren.apply(byId("lead"), lead);
    byId("verdicts").replaceChildren();
    byId("pair").replaceChildren();
  }

  function show(one, other) {
    var key = keyOf(one, other);
    if (address.pair !== key) address = { at: "", open: [], table: [], in: address.in, only: address.only };
    address.pair = key;
    state.shown = key;
    if ((state.partners[one] || []).indexOf(other) < 0) {
      if (state.isKnown(one, other)) return showShort(one, other, key);
      return state.looseOf(key, function (loose) {
        if (state.shown !== key) return;
        showNone(one, other, loose);
        settle(one, other);
      });
    }
    return load(key, function () {
      if (state.shown !== key) return; // the reader has asked for something else meanwhile
      byId("lead").innerHTML = taken[key].lead;
      byId("verdicts").innerHTML = taken[key].verdicts;
      byId("pair").innerHTML = taken[key].pair;
      settle(one, other);
    });
  }

  function showShort(one, other, key) {
    state.short([one, other], function (page) {
      if (state.shown !== key) return;
      taken[key] = page;
      byId("lead").replaceChildren.apply(byId("lead"), page.lead);
      byId("verdicts").replaceChildren();
      byId("pair").replaceChildren.apply(byId("pair"), page.pair);
      settle(one, other);
    });
  }

  function settle(one, other) {
    document.title = byId("lead").querySelector("h1").textContent + " \u00b7 Entrep\u00f4t";
    tell("Showing " + state.said(one) + " and " + state.said(other) + ".");
    restore();
    draw();
  }

  // What of the address is a state of the page: open tables, and where the reader was.
  function restore() {
    document.querySelectorAll(".mast nav li").forEach(function (entry) {
      entry.hidden = !byId(entry.firstChild.getAttribute("href").slice(1));
    });
    document.querySelectorAll("[data-measures]").forEach(function (box) {
      if (Array.prototype.some.call(box.options, function (option) { return option.value === address.in; })) box.value = address.in;
    });
    address.open.forEach(function (id) {
      var table = byId(id);
      if (table && table.tagName === "DETAILS") table.open = true;
    });
    remember();
    goTo(address.at);
  }

  function load(key, then) {
    if (taken[key]) return then();
    if (waiting[key]) return waiting[key].push(then);
    waiting[key] = [then];
    if (document.querySelector('script[src="pairs/' + key + '.js"]')) return null;
    return state.script("pairs/" + key + ".js", function () { delete waiting[key]; });
  }

  // One chart alone, for a frame in another page.
  function showOnly(name) {
    var figure = byId(name), title = byId("lead").querySelector("h1").textContent;
    if (!figure) return;
    document.documentElement.classList.add("only");
    var from = text("p", title + ". " + state.cited());
    from.className = "summary";
    if (trouble) figure.prepend(text("p", trouble));
    figure.appendChild(from);
    document.body.replaceChildren(figure);
    draw();
  }

  // An address that names no pair, nor a part of the pair shown first, says so; an empty one asks for nothing.
  function notFound(first) {
    var asked = address.pair || (byId(address.at) ? "" : address.at);
    if (!asked) return;
    address.at = "";
    trouble = "The address names no pair of this page (" + asked.slice(0, 40) + "); " + first.map(state.said).join(" and ") + " are shown instead.";
    tell(trouble, true);
  }

  // What is picked in one box and is in the other one already: the two are swapped, and the page says why.
  function isTwice(code, box) {
    if (code !== box.code()) return false;
    box.set(state.shown.split("-").filter(function (one) { return one !== code; })[0]);
    tell("A pair needs two economies. " + state.sentence(state.said(code)) + " was already in the other box, so the two were swapped.", true);
    return true;
  }

  function startPicker() {
    if (!byId("one")) return draw();
    var other = state.box(byId("other"), byId("other-list"), function () { return (state.partners[one.code()] || []).concat(state.knownWith(one.code())); }, function (code) {
      if (!isTwice(code, one)) show(one.code(), code);
    }, tell);
    var one = state.box(byId("one"), byId("one-list"), function () { return Object.keys(state.partners).concat(Object.keys(state.others)); }, function (code) {
      if (isTwice(code, other)) return;
      var known = state.partners[code] || [];
      if (known.length && known.indexOf(other.code()) < 0 && !state.isKnown(code, other.code())) other.set(known[0]);
      show(code, other.code());
    }, tell);
    var codes = address.pair.toUpperCase().split("-"), first = state.first.split("-");
    if (codes.length !== 2 || !state.names[codes[0]] || !state.names[codes[1]] || codes[0] === codes[1]) {
      codes = first;
      notFound(first);
    }
    one.set(codes[0]);
    other.set(codes[1]);
    byId("picker").addEventListener("submit", function (event) {
      event.preventDefault();
    });
    address.pair = keyOf(codes[0], codes[1]); // the same pair in whatever order or case, so its section and tables stay
    if (address.pair !== state.first) {
      show(codes[0], codes[1]);
    } else {
      load(state.first, function () {
        restore();
        draw();
      });
    }
    if (address.only) load(address.pair, function () { setTimeout(showOnly, 0, address.only); });
  }

  document.addEventListener("click", function (event) {
    var link = event.target.closest('a[href^="#"]');
    if (!link || link.className === "skip") return;
    event.preventDefault();
    address.at = link.getAttribute("href").slice(1);
    if (address.at === "top") address.at = "";
    remember();
    goTo(link.getAttribute("href").slice(1));
  });
  document.addEventListener("click", function (event) {
    var button = event.target.closest("button[data-view]"), name = button && button.parentElement.dataset.chart;
    if (!button) return;
    var at = address.table.indexOf(name);
    if (at < 0) address.table.push(name);
    else address.table.splice(at, 1);
    state.view(name, at < 0);
    remember();
  });
  document.addEventListener("change", function (event) {
    if (!event.target.matches("[data-measures]")) return;
    address.in = event.target.value === "usd" ? "" : event.target.value;
    remember();
    draw();
  });
  document.addEventListener("toggle", function (event) {
    if (!event.target.matches("details.table") || !event.target.id) return;
    address.open = Array.prototype.map.call(document.querySelectorAll("details.table[open]"), function (table) { return table.id; });
    if (!document.documentElement.classList.contains("only")) remember();
  }, true);

  // --- start

  var resized;
  var width = innerWidth;
  addEventListener("resize", function () {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(resized);
    resized = setTimeout(draw, 150);
  });
  addEventListener("beforeprint", function () {
    document.querySelectorAll("details.table").forEach(function (table) {
      table.dataset.was = table.open ? "open" : "";
      table.open = true;
    });
  });
  addEventListener("afterprint", function () {
    document.querySelectorAll("details.table").forEach(function (table) {
      table.open = table.dataset.was === "open";
    });
  });
  // Another permalink that the reader puts into the address of the open page, or goes back to.
  addEventListener("hashchange", function () {
    if (location.hash.indexOf("#pair=") === 0 && location.hash !== written) location.reload();
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", function () {
    sayTheme();
    draw();
  });
  byId("theme").addEventListener("click", changeTheme);
  sayTheme();
  document.addEventListener("DOMContentLoaded", function () {
    requestAnimationFrame(function () {
      setTimeout(startPicker, 0);
    });
  });
})();
