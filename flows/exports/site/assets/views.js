// The two views of a chart, drawn and as a table, and the measure its amounts are shown in.
(function () {
  "use strict";
  var state = window.entrepot;
  var HEADS = {
    a_month: "A month", basis: "By whose report", best: "Best place", best_if_unallocated: "Best place, with trade without a named partner", bounded: "Known within a bound", cause: "Cause", certain: "Certain",
    currency: "Currency", end: "Until", exporter_report: "Exporter\u2019s report", exports: "Exports", figures: "Figures", gap: "Gap",
    gap_of_mean_pct: "Gap, % of the mean", good: "Good", growth_computed_pct: "Growth computed, %", growth_pct: "Growth on a year before, %",
    growth_printed_pct: "Growth printed, %", hs_section: "HS section", importer_report: "Importer\u2019s report",
    importer_report_fob: "Importer\u2019s, less freight", imports: "Imports", known_causes: "Known causes", label: "Source", mirror_only: "By their own report only",
    missing: "Unknown", months: "Months", not_broken_down: "Not broken down", note: "In words", observed: "Reported", partner: "Partner",
    partners: "Partners", period: "Period", periods: "Periods", reporter: "By", reporters: "Reporters", reports: "Reports", scope: "Of what",
    rests_on_others: "Rests on figures of others", share_pct: "Share, %", share_pct_max: "Share at most, %", share_pct_min: "Share at least, %", source: "Publisher", start: "From",
    total: "Total trade", turnover: "Total trade", value: "Value", whose: "Whose figure", worst: "Worst place", worst_if_unallocated: "Worst place, with trade without a named partner", year: "Year"
  };
  // Codes that others of the columns say in words.
  var LEFT_OUT = { code: 1, is_open: 1, label: 1, own: 1, publisher: 1, reported: 1, rule: 1, hs_section: 1 };
  var WORDS = { mirror: "its partners\u2019", own: "its own", both: "both", exporter_only: "exporter only", importer_only: "importer only", neither: "none" };

  function publishers(codes) {
    return codes.split("+").map(function (code) { return state.publishers[code] || code; }).join("; ");
  }

  function said(name, value) {
    if (value === null || value === undefined || value === "") return "";
    if (name === "source") return publishers(value);
    if (value === true) return "yes";
    if (value === false) return "no";
    if (typeof value === "string") return WORDS[value] || value;
    return name === "year" ? String(value) : value.toLocaleString("en", { maximumFractionDigits: Math.abs(value) < 1 ? 4 : 2 });
  }

  function made(tag, words, kind) {
    var element = document.createElement(tag);
    element.textContent = words;
    if (kind) element.className = kind;
    return element;
  }

  function columns(chart) {
    return Object.keys(chart.rows[0] || {}).filter(function (name) {
      return !LEFT_OUT[name] && chart.rows.some(function (row) { return said(name, row[name]) !== ""; });
    });
  }

  state.tableOf = tableOf;
  function tableOf(chart) {
    var names = columns(chart), table = document.createElement("table"), head = document.createElement("tr"), body = document.createElement("tbody");
    var numeric = names.map(function (name) { return chart.rows.some(function (row) { return typeof row[name] === "number"; }); });
    names.forEach(function (name, at) {
      var cell = made("th", HEADS[name] || name.replace(/_/g, " "), numeric[at] ? "n" : "");
      cell.scope = "col";
      head.append(cell);
    });
    chart.rows.forEach(function (row) {
      var line = document.createElement("tr");
      names.forEach(function (name, at) { line.append(made(at ? "td" : "th", said(name, row[name]), numeric[at] ? "n" : "")); });
      line.firstChild.scope = "row";
      body.append(line);
    });
    table.append(document.createElement("thead"), body);
    table.firstChild.append(head);
    return table;
  }

  // Shows the figure as a table or draws it; the drawing stays below, hidden, so that it need not be made again.
  state.view = function (name, isTable) {
    var figure = document.getElementById(name), chart = state.chartOf(name), there = figure && figure.querySelector(".scroll");
    if (!figure) return;
    if (there) there.remove();
    if (isTable && chart) {
      var box = document.createElement("div");
      box.className = "scroll";
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", chart.title);
      box.append(tableOf(chart));
      figure.querySelector(".draw").after(box);
    }
    figure.classList.toggle("as-table", isTable);
    var button = figure.querySelector("[data-view]");
    button.textContent = isTable ? "Chart" : "Table";
    button.setAttribute("aria-pressed", String(isTable));
    button.setAttribute("aria-label", button.textContent + ": " + figure.querySelector("figcaption").textContent);
  };

  // `chart` in the measure with `code`: every amount by the factor of its year, nothing where there is none.
  state.measured = function (chart, code) {
    var measure = chart && (chart.setting.measures || []).filter(function (one) { return one.code === code; })[0];
    if (!measure || !measure.factors) return chart;
    var rows = chart.rows.map(function (row) {
      var factor = measure.factors[row.reporter][row.year], has = factor !== undefined && row.turnover !== null;
      return Object.assign({}, row, { turnover: has ? row.turnover * factor : null, growth_computed_pct: null, growth_printed_pct: null });
    });
    var setting = Object.assign({}, chart.setting, { unit: measure.unit, targets: [] });
    return Object.assign({}, chart, { rows: rows, setting: setting, title: chart.setting.title + ", " + measure.unit_in_full, told: measure.told });
  };

  // The words around a drawing follow the measure it is drawn in.
  state.caption = function (box, chart) {
    var figure = box.parentElement, summary = figure.querySelector(".summary");
    if (figure.dataset.late !== undefined) {
      figure.querySelector("figcaption").textContent = chart.title;
      summary.textContent = chart.summary;
    }
    if (!chart.setting.measures) return;
    summary.dataset.first = summary.dataset.first || summary.textContent;
    figure.querySelector("figcaption").textContent = chart.title;
    summary.textContent = chart.told ? chart.told + " Growth and targets are stated in current dollars and left out." : summary.dataset.first;
  };
})();
