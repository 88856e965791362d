/* How the dataset, a release or one figure is cited: APA, BibTeX, CSL-JSON and GB/T 7714, each copied with one click. */
const chinese = document.documentElement.lang.startsWith("zh");
const AUTHOR = "OpenCapex";

const formats = ({ id, title, version, issued, url, read }) => {
  const [year, month, day] = issued.split("-").map(Number);
  const key = `opencapex-${id}`;
  const plain = title.replace(/[{}\\]/g, "");
  return {
    APA: `${AUTHOR}. (${year}). ${title} (Version ${version}) [Data set]. ${url}`,
    BibTeX: `@misc{${key},\n  author = {{${AUTHOR}}},\n  title = {{${plain}}},\n  year = {${year}},\n  version = {${version}},\n  howpublished = {Data set},\n  url = {${url}},\n  note = {Accessed ${read}}\n}`,
    "CSL-JSON": JSON.stringify([{
      id: key, type: "dataset", title, version, URL: url, author: [{ literal: AUTHOR }],
      issued: { "date-parts": [[year, month, day]] }, accessed: { "date-parts": [read.split("-").map(Number)] },
    }]),
    "GB/T 7714": `${AUTHOR}. ${title}: ${version}[DS/OL]. (${issued})[${read}]. ${url}.`,
  };
};

/* Fills `place` with the citations of what `work` says: id, title, version, issued (ISO day), url. */
export const cite = (place, work) => {
  const read = new Date().toISOString().slice(0, 10);
  place.replaceChildren(...Object.entries(formats({ ...work, read })).map(([name, text]) => {
    const box = document.createElement("div");
    const button = Object.assign(document.createElement("button"), { type: "button", textContent: chinese ? `复制 ${name}` : `Copy ${name}` });
    const shown = Object.assign(document.createElement("pre"), { textContent: text, tabIndex: 0 });
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(text);
      button.textContent = chinese ? "已复制" : "Copied";
    });
    box.append(button, shown);
    return box;
  }));
};
