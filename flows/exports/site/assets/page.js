// The picker, the theme and the drawing of charts. Pairs come as scripts, because a page opened from disk may not fetch.
(function () {
  "use strict";
  var state = window.entrepot;
  var taken = {};
  var views = [];
  var turn = 0;
  var shown = state.first;

  function byId(id) {
    return document.getElementById(id);
  }

  function keyOf(one, other) {
    return [one, other].sort().join("-");
  }

  state.take = function (key, page) {
    taken[key] = page;
  };

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

  function chartOf(name) {
    var page = taken[shown];
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
      var summary = box.parentElement.querySelector(".summary").firstChild.textContent.trim();
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

  function option(code) {
    var made = document.createElement("option");
    made.value = code;
    made.textContent = state.names[code];
    return made;
  }

  function group(label, codes) {
    var made = document.createElement("optgroup");
    made.label = label;
    codes.forEach(function (code) {
      made.appendChild(option(code));
    });
    return made;
  }

  function fillOther(one, wanted) {
    var select = byId("other");
    var known = state.partners[one] || [];
    var rest = Object.keys(state.names).filter(function (code) {
      return code !== one && known.indexOf(code) < 0;
    });
    select.replaceChildren(group("With figures", known));
    if (rest.length) select.appendChild(group("Without figures here", rest));
    select.value = wanted && wanted !== one && state.names[wanted] ? wanted : known[0];
  }

  function tell(text) {
    byId("told").textContent = text;
  }

  function show(one, other) {
    var key = keyOf(one, other);
    if ((state.partners[one] || []).indexOf(other) < 0) {
      tell(
        "Nothing is at hand here of trade between " + state.names[one] + " and " + state.names[other] +
          ": neither has reported it to this warehouse. That does not mean that there is none. Shown below is still the pair before."
      );
      return;
    }
    load(key, function () {
      var page = taken[key];
      shown = key;
      byId("lead").innerHTML = page.lead;
      byId("pair").innerHTML = page.body;
      document.title = byId("lead").querySelector("h1").textContent + " · Entrepôt";
      tell("Showing " + state.names[one] + " and " + state.names[other] + ".");
      remember(key);
      draw();
    });
  }

  function remember(key) {
    try {
      history.replaceState(null, "", "#pair=" + key);
    } catch (error) {
      location.hash = "pair=" + key;
    }
  }

  function load(key, then) {
    if (taken[key]) return then();
    var script = document.createElement("script");
    script.src = "pairs/" + key + ".js";
    script.onload = then;
    script.onerror = function () {
      tell("The file of this pair, pairs/" + key + ".js, is not beside the page; copy the whole folder.");
    };
    document.head.appendChild(script);
  }

  function startPicker() {
    var one = byId("one");
    if (!one) return;
    Object.keys(state.names).forEach(function (code) {
      one.appendChild(option(code));
    });
    var asked = /^#pair=([A-Z0-9]+)-([A-Z0-9]+)$/.exec(location.hash);
    var codes = asked && state.names[asked[1]] && state.names[asked[2]] ? [asked[1], asked[2]] : state.first.split("-");
    one.value = codes[0];
    fillOther(codes[0], codes[1]);
    one.addEventListener("change", function () {
      fillOther(one.value, byId("other").value);
      show(one.value, byId("other").value);
    });
    byId("other").addEventListener("change", function () {
      show(one.value, byId("other").value);
    });
    byId("picker").addEventListener("submit", function (event) {
      event.preventDefault();
    });
    if (keyOf(codes[0], codes[1]) !== shown) show(codes[0], codes[1]);
  }

  // --- start

  var waiting;
  var width = innerWidth;
  addEventListener("resize", function () {
    if (innerWidth === width) return;
    width = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(draw, 150);
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
    startPicker();
    requestAnimationFrame(function () {
      setTimeout(draw, 0);
    });
  });
})();
