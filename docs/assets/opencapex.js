/* On a phone a row of a table is a card: each cell is told the name of its column. */
for (const table of document.querySelectorAll(".oc-cards table")) {
  const names = [...table.querySelectorAll("thead th")].map((cell) => cell.textContent.trim());
  for (const row of table.querySelectorAll("tbody tr")) {
    [...row.cells].forEach((cell, column) => cell.setAttribute("data-label", names[column] || ""));
  }
}

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
