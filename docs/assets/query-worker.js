/* DuckDB's worker; its WebAssembly, which lies packed on the site, is unpacked on the way. */
const ask = self.fetch;
self.fetch = async (request) => {
  const answer = await ask(request);
  if (!request.url?.endsWith(".packed") || !answer.ok) return answer;
  return new Response(answer.body.pipeThrough(new DecompressionStream("gzip")), { headers: { "content-type": "application/wasm" } });
};
/* The page hears of errors only, not of promises that nobody keeps. */
addEventListener("unhandledrejection", ({ reason }) => { setTimeout(() => { throw reason; }); });
importScripts("duckdb/worker.js");
