/* As of a day: shows which statements of assets/as-of.<language>.json were known on the day in the address (#2025-03-04/alibaba). */
{
  const tools = document.querySelector("[data-as-of]");
  const body = document.querySelector(".oc-as-of tbody");
  const [day, entity] = ["day", "entity"].map((name) => tools.querySelector(`[name=${name}]`));
  const asked = () => decodeURIComponent(location.hash.slice(1)).match(/^(\d{4}-\d\d-\d\d)(?:\/(.*))?$/);
  let rows;

  const cell = (text, address) => {
    const made = document.createElement("td");
    made.append(address ? Object.assign(document.createElement("a"), { href: address, textContent: text }) : text);
    return made;
  };
  const show = () => {
    const [, on = day.value, whose = ""] = asked() || [];
    [day.value, entity.value] = [on, whose];
    const isOpen = (row) => !row.end || row.end >= on;
    const known = rows.filter((row) => row.from <= on && (!row.until || on < row.until))
      .filter((row) => (whose ? row.entity === whose : row.guided && isOpen(row)))
      .sort((one, other) => isOpen(other) - isOpen(one));
    tools.querySelector("output").value = known.length === 1 ? tools.dataset.one : tools.dataset.says.replace("%s", known.length);
    body.replaceChildren(...known.map((row) => {
      const line = document.createElement("tr");
      const page = rows.pages[row.entity];
      line.append(cell(rows.names[row.entity], page && `../${page}/`), cell(row.metric), cell(row.period), cell(row.status),
        cell(row.figure), cell(row.said, page && `../${page}/#${row.id}`));
      line.cells[4].align = "right";
      line.cells[5].className = "oc-nowrap";
      return line;
    }));
    body.dispatchEvent(new Event("rows", { bubbles: true }));
  };
  const start = async () => {
    if (!rows) {
      const given = await (await fetch(tools.dataset.asOf)).json();
      rows = given.rows.map((row) => Object.fromEntries(given.columns.map((name, column) => [name, row[column]])));
      rows.names = given.names;
      rows.pages = given.pages;
      const held = Object.entries(given.names).sort((one, other) => one[1].localeCompare(other[1], document.documentElement.lang));
      entity.append(...held.map(([id, name]) => new Option(name, id)));
    }
    show();
  };
  const choose = () => { if (day.value) location.hash = day.value + (entity.value && `/${entity.value}`); };

  day.value = tools.dataset.day;
  tools.hidden = false;
  day.addEventListener("change", choose);
  entity.addEventListener("change", choose);
  entity.addEventListener("focus", () => rows || start());
  addEventListener("hashchange", () => asked() && start());
  if (asked()) start();
}
