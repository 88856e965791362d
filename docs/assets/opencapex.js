/* On a phone a row of a table is a card: each cell is told the name of its column. */
const nameCells = (table) => {
  const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  for (const row of table.tBodies[0].rows) {
    [...row.cells].forEach((cell, column) => cell.setAttribute("data-label", names[column] || ""));
  }
};

/* A long table sorts by a click on a column's head and shows the rows that hold what is typed. A column of several units or
   currencies has no order of its own, unless its cells carry one in data-sort; nor has a table whose rows lie inside one another. */
const words = document.documentElement.lang.startsWith("zh")
  ? { filter: "筛选此表", sort: "排序", none: "：原有顺序", cite: "引用", up: "，升序", down: "，降序" }
  : { filter: "Filter this table", sort: "Sort", none: ": as given", cite: "Cite", up: ", ascending", down: ", descending" };
const SCALES = { 万亿: 1e12, 亿: 1e8, 万: 1e4, tn: 1e12, bn: 1e9, m: 1e6, T: 1e12, G: 1e9, M: 1e6, k: 1e3 };
const QUANTITY = /^(?:[≈><≥≤]|nearly|超|约|近|至少|至多|不足)?\s*([-−+]?)([A-Z]{3})?\s*([-−]?[\d,]+(?:\.\d+)?)(?:–[\d,.]+)?\s*(万亿|亿|万|tn|bn|[TGMk](?=Wh?\b)|m\b)?\s*(.*)$/;
/* A cell by its first line: what it is worth (a number or a day, else NaN) and in which unit. */
const worth = (cell) => {
  const text = cell.dataset.sort || cell.innerText.trim().split("\n")[0];
  const day = text.match(/(\d{4})年(\d+)月(\d+)日/) || text.match(/(\d+) ([A-Z][a-z]{2}) (\d{4})/) || text.match(/^\d{4}-\d\d-\d\d$/);
  if (day) return { value: Date.parse(day[0].includes("年") ? `${day[1]}-${day[2].padStart(2, 0)}-${day[3].padStart(2, 0)}` : day[0]) };
  const [, sign, currency = "", digits, scale, unit] = text.match(QUANTITY) || [];
  const value = Number(`${sign}${digits}`.replace("−", "-").replaceAll(",", "")) * (SCALES[scale] || 1);
  return { value, unit: cell.dataset.sort ? "" : currency + unit };
};
const makeSortable = (table) => {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  const given = [...body.rows];
  const order = (column, way) => {
    const rows = given.map((row) => [row, worth(row.cells[column]).value]);
    const isNumber = rows.filter(([, value]) => !Number.isNaN(value)).length > rows.length / 2;
    const compare = ([one, first], [other, second]) => (isNumber
      ? (Number.isNaN(first) - Number.isNaN(second)) || way * (first - second)
      : way * one.cells[column].innerText.localeCompare(other.cells[column].innerText, document.documentElement.lang));
    body.append(...(way ? rows.sort(compare).map(([row]) => row) : given));
    heads.forEach((head, index) => {
      if (way && index === column) head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending");
      else head.removeAttribute("aria-sort");
    });
  };
  const isTree = table.closest(".oc-tree");
  const hasOrder = (column) => {
    const told = given.map((row) => worth(row.cells[column])).filter(({ value }) => !Number.isNaN(value));
    return !isTree && (told.length <= given.length / 2 || new Set(told.map(({ unit }) => unit)).size === 1);
  };
  const tools = Object.assign(document.createElement("div"), { className: "oc-tools" });
  const filter = Object.assign(document.createElement("input"), { type: "search", placeholder: words.filter, ariaLabel: words.filter });
  const choice = Object.assign(document.createElement("select"), { ariaLabel: words.sort });
  choice.append(new Option(words.sort + words.none, "0/0"));
  heads.forEach((head, column) => {
    const name = head.textContent.trim();
    if (!name || !hasOrder(column)) return;
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: name });
    button.addEventListener("click", () => order(column, head.getAttribute("aria-sort") === "ascending" ? -1 : 1));
    head.replaceChildren(button);
    choice.append(new Option(name + words.up, `${column}/1`), new Option(name + words.down, `${column}/-1`));
  });
  choice.addEventListener("change", () => order(...choice.value.split("/").map(Number)));
  filter.addEventListener("input", () => {
    const wanted = filter.value.toLowerCase().split(/\s+/);
    for (const row of given) row.hidden = !wanted.every((word) => row.textContent.toLowerCase().includes(word));
  });
  tools.append(filter, ...(choice.length > 1 ? [choice] : []));
  (table.closest(".md-typeset__scrollwrap") || table).before(tools);
};
for (const table of document.querySelectorAll(".oc-cards table")) {
  nameCells(table);
  if (table.tBodies[0].rows.length > 9 && !table.closest(".oc-as-of, .oc-figures")) makeSortable(table);
}
addEventListener("rows", (event) => nameCells(event.target.closest("table")));

/* The addresses in examples are those of the site that shows them, wherever it stands. */
const root = document.querySelector("link[type='application/atom+xml']")?.href.replace(/data\/releases\.atom$/, "");
for (const code of root ? document.querySelectorAll("pre code") : []) {
  const texts = document.createTreeWalker(code, NodeFilter.SHOW_TEXT);
  for (let text = texts.nextNode(); text; text = texts.nextNode()) text.data = text.data.replaceAll("https://SITE/", root);
}

/* A figure's address leads to its row although the section around it is folded. */
const unfold = () => {
  const row = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  const folded = row && row.closest("details:not([open])");
  if (!folded) return;
  folded.open = true;
  row.scrollIntoView();
};
addEventListener("hashchange", unfold);
unfold();

/* What Material's script would say to a screen reader and to the keyboard. */
const search = document.querySelector("[data-md-component=search]");
search.setAttribute("aria-label", search.querySelector("input").getAttribute("aria-label"));
for (const code of document.querySelectorAll("pre > code")) code.tabIndex = 0;

/* The row that an address names can be cited and reported; the form of a report then holds the figure's number. */
const foot = document.querySelector(".oc-foot");
const script = document.currentScript.src;
const citations = async (place, work) => (await import(new URL("cite.js", script))).cite(place, { ...foot.dataset, ...work });
const offer = () => {
  const figure = /^#F\d+$/.test(location.hash) ? location.hash.slice(1) : "";
  const number = figure && document.getElementById(figure);
  const report = document.querySelector("a[href$='report/']");
  if (number && report && !number.parentNode.querySelector(".oc-report")) {
    const row = number.closest("tr");
    const link = Object.assign(document.createElement("a"), { href: `${report.href}#${figure}`, textContent: report.textContent, className: "oc-report" });
    const cited = Object.assign(document.createElement("details"), { className: "oc-cite" });
    const names = [document.querySelector("h1").firstChild.textContent, row.closest("details").querySelector("summary").firstChild.textContent];
    const [period, value] = [...row.cells].map((cell) => cell.firstChild.textContent.trim());
    const unit = row.closest("table").tHead.rows[0].cells[1].textContent.trim();
    cited.append(Object.assign(document.createElement("summary"), { textContent: words.cite }), document.createElement("div"));
    citations(cited.lastChild, {
      id: figure, title: `${names.map((name) => name.trim()).join(": ")}, ${period}: ${value} ${unit} (${figure})`, url: location.href,
    });
    const below = document.createElement("tr");
    below.append(Object.assign(document.createElement("td"), { colSpan: row.cells.length }));
    below.cells[0].append(cited);
    row.after(below);
    number.after(" ", link);
  }
  for (const code of figure && /\/report\/$/.test(location.pathname) ? document.querySelectorAll("pre code") : []) {
    code.textContent = code.textContent.replace(/F\d{5,}/, figure);
  }
};
for (const place of document.querySelectorAll("[data-cite]")) {
  citations(place, { id: place.dataset.version || foot.dataset.version, ...place.dataset, url: new URL(place.dataset.cite, location.href).href });
}
offer();
addEventListener("hashchange", offer);
