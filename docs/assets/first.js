/* Runs before the page is drawn, in place of Material's inline scripts: light or dark, as the reader chose or the
   system has it. Material's own script, of which the site needs the search, is fetched when a reader turns to it. */
{
  const here = document.currentScript;
  window.__md_scope = new URL("..", here.src);
  window.__md_hash = (text) => [...text].reduce((sum, letter) => (sum << 5) - sum + letter.charCodeAt(0), 0);
  window.__md_get = (key, storage = localStorage, scope = __md_scope) => JSON.parse(storage.getItem(scope.pathname + "." + key));
  window.__md_set = (key, value, storage = localStorage, scope = __md_scope) => {
    try {
      storage.setItem(scope.pathname + "." + key, JSON.stringify(value));
    } catch (error) { /* a reader who lets no site store anything chooses anew on each page */ }
  };
  document.documentElement.classList.replace("no-js", "js");

  const schemes = [...document.querySelectorAll("[name=__palette]")];
  const show = (chosen) => {
    for (const part of ["scheme", "primary", "accent"]) {
      document.body.setAttribute(`data-md-color-${part}`, chosen.getAttribute(`data-md-color-${part}`));
    }
    chosen.checked = true;
    schemes.forEach((scheme) => { scheme.nextElementSibling.hidden = scheme !== chosen; });
  };
  const fitting = schemes.findIndex((scheme) => matchMedia(scheme.dataset.mdColorMedia).matches);
  show(schemes[__md_get("__palette")?.index] ?? schemes[Math.max(fitting, 0)]);
  schemes.forEach((scheme, index) => scheme.addEventListener("change", () => {
    show(scheme);
    __md_set("__palette", { index });
  }));

  const signs = ["pointerdown", "focusin", "keydown"];
  const fetchSearch = (sign) => {
    const isKey = sign.type === "keydown" && ["/", "f", "s"].includes(sign.key) && !sign.target.matches("input, select, textarea");
    if (!isKey && !sign.target.closest("[data-md-component=search], [for=__search]")) return;
    signs.forEach((name) => removeEventListener(name, fetchSearch, true));
    const script = document.createElement("script");
    script.src = here.dataset.later;
    if (isKey) script.onload = () => sign.target.dispatchEvent(new KeyboardEvent("keydown", sign)); // it could not hear the first
    document.head.append(script);
  };
  signs.forEach((name) => addEventListener(name, fetchSearch, true));
}
