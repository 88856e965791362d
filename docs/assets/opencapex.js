/* On a phone a row of a table is a card: each cell is told the name of its column. */
for (const table of document.querySelectorAll(".oc-cards table")) {
  const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, column) => cell.setAttribute("data-label", names[column] || ""));
  }
}
