/* The query page: DuckDB is loaded on the first click, then answers in this page. The query stands in the address after #sql=. */
const part = (name) => document.getElementById(`oc-${name}`);
const [panel, editor, run, link, csv, progress, said, error, answer] =
  ["query", "sql", "run", "link", "csv", "progress", "said", "error", "answer"].map(part);
const { megabytes, files, database } = panel.dataset;
const SHOWN = 1000, BARS = 40;
const SETTINGS = `attach 'opencapex.duckdb' as opencapex (read_only); use opencapex;
  set autoinstall_known_extensions = false; set autoload_known_extensions = false;
  set enable_external_access = false; set lock_configuration = true;`;
const number = new Intl.NumberFormat("en", { useGrouping: "min2", maximumFractionDigits: 6 });
const tell = (text, values) => text.replace(/{(\w+)}/g, (_, name) => values[name]);

let connecting;
async function connect() {
  const fetched = fetch(new URL(database, location)).then((file) => {
    if (!file.ok) throw new Error(`${file.status} ${file.url}`);
    return file.arrayBuffer();
  });
  const folder = new URL(files, location);
  await new Promise((resolve, reject) => {
    const arrow = document.createElement("script");
    Object.assign(arrow, { src: new URL("arrow.js", folder), onload: resolve, onerror: () => reject(new Error(arrow.src)) });
    document.head.append(arrow);
  });
  const { AsyncDuckDB, VoidLogger } = await import(new URL("duckdb.js", folder));
  const worker = new Worker(new URL("query-worker.js", import.meta.url));
  const failed = new Promise((_, reject) => { worker.onerror = (event) => reject(new Error(event.message || worker)); });
  const db = new AsyncDuckDB(new VoidLogger(), worker);
  await Promise.race([failed, db.instantiate(new URL("duckdb-wasm.packed", folder).href)]);
  await db.open({ query: { castDecimalToDouble: true, castBigIntToDouble: true } });
  await db.registerFileBuffer("opencapex.duckdb", new Uint8Array(await fetched));
  const connection = await db.connect();
  await connection.query(SETTINGS);
  return connection;
}

/* Arrow gives days and moments as milliseconds. */
const DATE = 8, TIMESTAMP = 10;
function plain(value, type) {
  if (value === null || value === undefined) return null;
  if (type.typeId === DATE) return new Date(value).toISOString().slice(0, 10);
  if (type.typeId === TIMESTAMP) return new Date(value).toISOString().slice(0, 19).replace("T", " ");
  return ["number", "string", "boolean"].includes(typeof value) ? value : String(value);
}

function read(result) {
  const names = result.schema.fields.map((field) => field.name);
  const columns = result.schema.fields.map((field, at) => {
    const values = result.getChildAt(at);
    return Array.from({ length: result.numRows }, (_, row) => plain(values.get(row), field.type));
  });
  const rows = Array.from({ length: result.numRows }, (_, row) => columns.map((column) => column[row]));
  const numeric = columns.map((column) => column.some((cell) => cell !== null) && column.every((cell) => cell === null || typeof cell === "number"));
  return { names, rows, numeric };
}

function element(name, attributes, ...children) {
  const made = name.startsWith("svg:") ? document.createElementNS("http://www.w3.org/2000/svg", name.slice(4)) : document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

const shown = (cell) => typeof cell === "number" ? number.format(cell).replace("-", "−") : cell === null ? "" : String(cell);

function tableOf({ names, rows, numeric }) {
  const body = element("tbody", {});
  const fill = () => body.replaceChildren(...rows.slice(0, SHOWN).map((row) => element("tr", {}, ...row.map((cell, at) => element(
    "td", numeric[at] ? { align: "right" } : {}, /^https?:\/\/\S+$/.test(cell) ? element("a", { href: cell }, cell) : shown(cell),
  )))));
  const heads = names.map((name, at) => {
    const head = element("th", numeric[at] ? { align: "right" } : {}, element("button", { type: "button" }, name));
    head.firstChild.addEventListener("click", () => {
      const up = head.getAttribute("aria-sort") !== "ascending";
      heads.forEach((other) => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      rows.sort(({ [at]: one }, { [at]: other }) => {
        if (one === null || other === null) return (one === null) - (other === null);
        return (up ? 1 : -1) * (numeric[at] ? one - other : String(one).localeCompare(String(other), document.documentElement.lang));
      });
      fill();
    });
    return head;
  });
  fill();
  return element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
}

/* Bars where one number belongs to one name; zero-based, negative ones to the left. */
function chartOf({ names, rows, numeric }) {
  const labels = rows.map(([label]) => shown(label));
  const values = rows.map(([, value]) => value);
  if (names.length !== 2 || !numeric[1] || numeric[0] || rows.length < 2 || rows.length > BARS) return "";
  if (new Set(labels).size < labels.length || values.includes(null)) return "";
  const least = Math.min(0, ...values), span = Math.max(0, ...values) - least || 1;
  const [left, wide, step] = [126, 140, 22];
  const place = (value) => left + (value - least) / span * wide;
  const chart = element("svg:svg", { class: "oc-chart", role: "img", viewBox: `0 0 370 ${rows.length * step + 6}`, "aria-label": names[1] });
  rows.forEach(([, value], at) => {
    const [from, to, middle] = [place(Math.min(0, value)), place(Math.max(0, value)), at * step + 15];
    const label = labels[at].length > 20 ? `${labels[at].slice(0, 19)}…` : labels[at];
    chart.append(
      element("svg:text", { x: left - 8, y: middle, "text-anchor": "end" }, label),
      element("svg:rect", { class: "oc-bar", x: from, y: at * step + 3, width: Math.max(to - from, 1), height: 16 }),
      element("svg:text", { x: to + 6, y: middle }, shown(value)),
    );
  });
  chart.append(element("svg:line", { class: "oc-axis", x1: place(0), x2: place(0), y1: 0, y2: rows.length * step }));
  return element("figure", { class: "oc-figure" }, element("h4", {}, names[1]), chart);
}

const quoted = (cell) => /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
const csvOf = ({ names, rows }) => [names, ...rows].map((row) => row.map((cell) => quoted(String(cell ?? ""))).join(",")).join("\n") + "\n";

const address = () => `#sql=${encodeURIComponent(editor.value)}`;
let isBusy = false;
async function ask() {
  if (isBusy) return;
  isBusy = run.disabled = true;
  const clicked = performance.now();
  const isFirst = !connecting;
  [error.hidden, csv.hidden, progress.hidden] = [true, true, false];
  said.textContent = isFirst ? said.dataset.loading : said.dataset.running;
  history.replaceState(null, "", address());
  try {
    connecting ??= connect();
    const connection = await connecting.catch((reason) => {
      connecting = undefined;
      throw new Error(`${said.dataset.missing}\n${reason.message}`);
    });
    run.textContent = run.dataset.later;
    const loaded = performance.now();
    const table = read(await connection.query(editor.value));
    const ended = performance.now();
    answer.replaceChildren(chartOf(table), tableOf(table));
    const seconds = (from, to) => ((to - from) / 1000).toFixed(1);
    said.textContent = [
      tell(said.dataset.rows, { rows: number.format(table.rows.length), ms: Math.round(ended - loaded) }),
      table.rows.length > SHOWN ? tell(said.dataset.cut, { shown: number.format(SHOWN) }) : "",
      isFirst ? tell(said.dataset.first, { seconds: seconds(clicked, ended), load: seconds(clicked, loaded), megabytes }) : "",
    ].filter(Boolean).join(" ");
    csv.onclick = () => {
      const file = URL.createObjectURL(new Blob([csvOf(table)], { type: "text/csv" }));
      element("a", { href: file, download: "opencapex-query.csv" }).click();
      URL.revokeObjectURL(file);
    };
    csv.hidden = answer.hidden = false;
  } catch (reason) {
    said.textContent = "";
    error.textContent = reason.message;
    error.hidden = false;
    answer.hidden = true;
  } finally {
    progress.hidden = true;
    isBusy = run.disabled = false;
  }
}

function fromAddress() {
  if (location.hash.startsWith("#sql=")) write(decodeURIComponent(location.hash.slice(5)));
}
function write(sql) {
  editor.value = sql;
  link.href = address();
}

run.addEventListener("click", ask);
editor.addEventListener("input", () => { link.href = address(); });
editor.addEventListener("keydown", (event) => { if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ask(); });
addEventListener("hashchange", fromAddress);
for (const button of document.querySelectorAll(".oc-ask")) {
  button.hidden = false;
  button.addEventListener("click", () => {
    write(button.closest("details").querySelector("code").textContent.trim());
    panel.scrollIntoView();
    editor.focus();
    if (connecting) ask();
  });
}
write(editor.value);
fromAddress();
panel.hidden = false;
