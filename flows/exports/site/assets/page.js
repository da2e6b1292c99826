// Pairs, the address, the theme and the drawing of charts. Pairs come as scripts: a page opened from disk may not fetch.
(function () {
  "use strict";
  var state = window.entrepot;
  var taken = {};
  var waiting = {};
  var views = [];
  var turn = 0;
  var address = read();
  state.shown = state.first;

  function byId(id) {
    return document.getElementById(id);
  }

  function keyOf(one, other) {
    return [one, other].sort().join("-");
  }

  // A pair's file hands over what it holds, compressed.
  state.take = function (key, packed) {
    var bytes = Uint8Array.from(atob(packed), function (letter) { return letter.charCodeAt(0); });
    var plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    new Response(plain).json().then(function (page) {
      taken[key] = page;
      (waiting[key] || []).forEach(function (then) { then(); });
      delete waiting[key];
    });
  };

  // --- the address: #pair=CHN-RUS&at=ranks&open=ranks-table-1, or &only=turnover-by-year for one chart

  function read() {
    var found = { pair: "", at: "", open: [], only: "" };
    location.hash.slice(1).split("&").forEach(function (part) {
      var at = part.indexOf("="), name = part.slice(0, at), value = part.slice(at + 1);
      if (at < 0 && part) found.at = part;
      else if (name === "open") found.open = value.split(",").filter(Boolean);
      else if (name in found) found[name] = value;
    });
    return found;
  }

  function remember() {
    var parts = ["pair=" + address.pair];
    if (address.at) parts.push("at=" + address.at);
    if (address.open.length) parts.push("open=" + address.open.join(","));
    try {
      history.replaceState(null, "", "#" + parts.join("&"));
    } catch (error) {
      location.hash = parts.join("&");
    }
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
    return state.charts[name] || (page && page.charts[name]);
  }

  function draw() {
    if (!window.vegaEmbed || !state.specs) return;
    views.forEach(function (view) {
      view.finalize();
    });
    views = [];
    turn += 1;
    var mine = turn;
    document.querySelectorAll(".draw").forEach(function (box) {
      var chart = chartOf(box.dataset.chart);
      if (!chart) return;
      var summary = box.parentElement.querySelector(".summary").textContent.trim();
      var options = { renderer: "svg", actions: false, ast: true, tooltip: { theme: isDark() ? "dark" : "light" } };
      Promise.resolve(state.specs[chart.kind](chart, box.clientWidth))
        .then(function (spec) {
          if (mine !== turn) return null; // the reader has asked for something else meanwhile
          spec.description = summary;
          return window.vegaEmbed(box, spec, options);
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

  // A pair without a page: its own names, what that means, and what would bring it.
  function showNone(one, other) {
    var names = state.names[one] + " and " + state.names[other];
    var lead = [text("h1", names), text("p", "No figure of the trade between " + names + " is on this page.")];
    lead[1].className = "sub";
    lead.push(text("p", "That does not mean that there is none: neither has reported it to this warehouse, or the page leaves it out. What asks the whole warehouse, and what could be fetched:"));
    lead.push(text("pre", "entrepot profile " + one + " " + other + "\nentrepot sources"));
    byId("lead").replaceChildren.apply(byId("lead"), lead);
    byId("verdicts").replaceChildren();
    byId("pair").replaceChildren();
  }

  function show(one, other) {
    var key = keyOf(one, other);
    address = { pair: key, at: address.pair === key ? address.at : "", open: address.pair === key ? address.open : [], only: address.only };
    state.shown = key;
    if ((state.partners[one] || []).indexOf(other) < 0) {
      showNone(one, other);
      settle(one, other);
      return;
    }
    load(key, function () {
      if (state.shown !== key) return; // the reader has asked for something else meanwhile
      byId("lead").innerHTML = taken[key].lead;
      byId("verdicts").innerHTML = taken[key].verdicts;
      byId("pair").innerHTML = taken[key].pair;
      settle(one, other);
    });
  }

  function settle(one, other) {
    document.title = byId("lead").querySelector("h1").textContent + " \u00b7 Entrep\u00f4t";
    tell("Showing " + state.names[one] + " and " + state.names[other] + ".");
    restore();
    draw();
  }

  // What of the address is a state of the page: open tables, and where the reader was.
  function restore() {
    document.querySelectorAll(".mast nav li").forEach(function (entry) {
      entry.hidden = !byId(entry.firstChild.getAttribute("href").slice(1));
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
    var script = document.createElement("script");
    script.src = "pairs/" + key + ".js";
    script.onerror = function () {
      tell("The file of this pair, pairs/" + key + ".js, is not beside the page; copy the whole folder.", true);
    };
    document.head.appendChild(script);
  }

  // One chart alone, for a frame in another page.
  function showOnly(name) {
    var figure = byId(name), title = byId("lead").querySelector("h1").textContent;
    if (!figure) return;
    document.documentElement.classList.add("only");
    var from = text("p", title + ". " + state.cited());
    from.className = "summary";
    figure.appendChild(from);
    document.body.replaceChildren(figure);
    draw();
  }

  function startPicker() {
    if (!byId("one")) return draw();
    var other = state.box(byId("other"), byId("other-list"), function () { return state.partners[one.code()] || []; }, function (code) {
      show(one.code(), code);
    });
    var one = state.box(byId("one"), byId("one-list"), function () { return Object.keys(state.partners); }, function (code) {
      var known = state.partners[code] || [];
      if (known.length && known.indexOf(other.code()) < 0) other.set(known[0]);
      if (code !== other.code()) show(code, other.code());
    });
    var codes = address.pair.split("-"), first = state.first.split("-");
    if (codes.length !== 2 || !state.names[codes[0]] || !state.names[codes[1]] || codes[0] === codes[1]) codes = first;
    one.set(codes[0]);
    other.set(codes[1]);
    byId("picker").addEventListener("submit", function (event) {
      event.preventDefault();
    });
    if (keyOf(codes[0], codes[1]) !== state.first) {
      show(codes[0], codes[1]);
    } else {
      address.pair = state.first;
      load(state.first, function () {
        restore();
        draw();
      });
    }
    if (address.only) load(keyOf(codes[0], codes[1]), function () { setTimeout(showOnly, 0, address.only); });
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
