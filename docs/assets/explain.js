/* Shows a row and everything it rests on, down to the documents, from the published tables: #growth:F00005/yoy/actual_on_actual. */
{
  const place = document.querySelector("[data-explain]");
  const chinese = document.documentElement.lang.startsWith("zh");
  const named = (one) => (chinese && one.title_zh) || one.title;
  const told = (one) => (chinese && one.description_zh) || one.description || "";
  const made = (name, text = "", more = {}) => Object.assign(document.createElement(name), { textContent: text, ...more });
  const tables = {};
  let descriptor;

  const parse = (text) => {
    const rows = [[""]];
    let quoted = false;
    for (let at = 0; at < text.length; at += 1) {
      const letter = text[at];
      const row = rows.at(-1);
      if (letter === '"') {
        if (quoted && text[at + 1] === '"') row[row.length - 1] += text[at += 1];
        else quoted = !quoted;
      } else if (!quoted && letter === ",") row.push("");
      else if (!quoted && letter === "\n") rows.push([""]);
      else row[row.length - 1] += letter;
    }
    return rows.filter((row) => row.length > 1 || row[0]);
  };
  const fetched = async (name) => {
    const answer = await fetch(place.dataset.explain + name);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    return answer;
  };
  const table = (name) => {
    tables[name] ??= (async () => {
      const resource = descriptor.resources.find((one) => one.name === name);
      if (!resource) throw new Error(`${name}: ${place.dataset.unknown}`);
      const [head, ...rows] = parse(await (await fetched(resource.path)).text());
      const keys = resource.schema.primaryKey.map((column) => head.indexOf(column));
      return { resource, head, rows: new Map(rows.map((row) => [keys.map((key) => row[key]).join("/"), row])) };
    })();
    return tables[name];
  };

  const show = async (entry, depth, shown) => {
    const [name, key] = [entry.slice(0, entry.indexOf(":")), entry.slice(entry.indexOf(":") + 1)];
    const { resource, head, rows } = await table(name);
    const row = rows.get(key);
    const box = made("details", "", { className: "oc-explained", open: depth < 2 });
    const title = made("summary");
    title.append(made("strong", named(resource)), ` ${key}`);
    box.append(title);
    if (!row) {
      box.append(made("p", place.dataset.unknown));
      return box;
    }
    if (depth === 0) box.append(made("p", told(resource), { className: "oc-muted" }));
    const cells = made("dl");
    const inputs = name === "figures" ? [`sources:${row[head.indexOf("source_id")]}`] : [];
    head.forEach((column, index) => {
      if (!row[index]) return;
      if (column === "inputs") inputs.push(...row[index].split(" "));
      else {
        const field = resource.schema.fields.find((one) => one.name === column);
        const value = made("dd");
        value.append(/^https?:\/\//.test(row[index]) ? made("a", row[index], { href: row[index] }) : row[index]);
        cells.append(made("dt", column, { title: told(field) }), value);
      }
    });
    box.append(cells);
    for (const input of inputs) {
      if (shown.has(input)) box.append(made("p", input));
      else {
        shown.add(input);
        box.append(await show(input, depth + 1, shown));
      }
    }
    return box;
  };
  const start = async () => {
    const entry = decodeURIComponent(location.hash.slice(1));
    if (!entry.includes(":")) return;
    try {
      descriptor ??= await (await fetched("datapackage.json")).json();
      place.replaceChildren(await show(entry, 0, new Set([entry])));
    } catch (error) {
      place.replaceChildren(made("p", error.message));
    }
  };
  addEventListener("hashchange", start);
  start();
}
