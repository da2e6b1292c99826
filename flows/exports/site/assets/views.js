// The two views of a chart, drawn and as a table, and the measure its amounts are shown in.
(function () {
  "use strict";
  var state = window.entrepot;
  var HEADS = {
    a_month: "A month", basis: "By whose report", best: "Best among named partners", best_if_unallocated: "Best possible place", bounded: "Within a bound", cause: "Cause", certain: "Certain",
    currency: "Currency", end: "Until", exporter_report: "Exporter\u2019s report", exports: "Exports", exports_whose: "Whose exports", figures: "Figures", gap: "Gap",
    gap_of_mean_pct: "Gap, % of the mean", good: "Good", growth_computed_pct: "Growth computed, %", growth_pct: "Growth on a year before, %",
    growth_printed_pct: "Growth printed, %", hs_section: "HS section", importer_report: "Importer\u2019s report",
    importer_report_fob: "Importer\u2019s, less freight", imports: "Imports", imports_whose: "Whose imports", known_causes: "Known causes", label: "Source", mirror_only: "By their own statistic only",
    missing: "No report loaded", months: "Months", not_broken_down: "Not broken down", note: "In words", observed: "Reported", partner: "Partner",
    partners: "Partners", period: "Period", periods: "Periods", reporter: "By", reporters: "Reporters", reports: "Reports", scope: "Of what",
    rests_on_others: "Rests on figures of others", share_pct: "Share, %", share_pct_max: "Share at most, %", share_pct_min: "Share at least, %", source: "Publisher", start: "From",
    total: "Total trade", turnover: "Total trade", value: "Value", whose: "Whose figure", worst: "Worst among named partners", worst_if_unallocated: "Worst possible place", year: "Year"
  };
  // Codes that others of the columns say in words.
  var LEFT_OUT = { code: 1, is_open: 1, label: 1, own: 1, publisher: 1, reported: 1, rule: 1, hs_section: 1 };
  var WORDS = { mirror: "its partners\u2019", own: "its own" };

  // Counts have no decimals, percentages one, amounts two; changes and differences have their sign.
  var COUNTS = { best: 1, best_if_unallocated: 1, bounded: 1, difference_usd: 1, figures: 1, mirror_only: 1, missing: 1, months: 1, moved_usd: 1, observed: 1,
    partners: 1, periods: 1, reporters: 1, sources: 1, worst: 1, worst_if_unallocated: 1 };
  var SIGNED = /^(gap|gap_of_mean_pct|growth_\w*pct|difference_usd)$/;
  function digitsOf(name) {
    return COUNTS[name] ? 0 : /_pct(_min|_max)?$/.test(name) ? 1 : 2;
  }

  // A number as the text of the page has it: commas between thousands, a true minus sign, no sign on what rounds to zero.
  // An amount, which has two decimals, is no zero where it is less than half of the last.
  state.number = function (value, digits, isSigned) {
    var parts = Math.abs(value).toFixed(digits).split("."), isZero = !/[1-9]/.test(parts.join(""));
    if (isZero && value && digits === 2) return value > 0 ? "<0.01" : ">\u22120.01";
    parts[0] = parts[0].replace(/\B(?=(\d{3})+$)/g, ",");
    return (isZero ? "" : value < 0 ? "\u2212" : isSigned ? "+" : "") + parts.join(".");
  };

  function publishers(codes) {
    return codes.split("+").map(function (code) { return state.publishers[code] || code; }).join("; ");
  }

  function said(name, value) {
    if (value === null || value === undefined || value === "") return "";
    if (name === "source") return publishers(value);
    if (value === true) return "yes";
    if (value === false) return "no";
    if (typeof value === "string") return WORDS[value] || value;
    return name === "year" ? String(value) : state.number(value, digitsOf(name), SIGNED.test(name));
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
