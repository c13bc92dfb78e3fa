/** Follows the reader's light or dark setting and uses the fonts that are there. */
export const pageStyle = `
:root {
  color-scheme: light dark;
  --ink: light-dark(#1c2024, #e6e8eb);
  --soft: light-dark(#60646c, #9ba1a6);
  --line: light-dark(#e4e6e9, #2d3135);
  --ground: light-dark(#ffffff, #151718);
  --shade: light-dark(#f6f7f8, #1c1f21);
  --link: light-dark(#0b68cb, #70b8ff);
}
* { box-sizing: border-box; }
body {
  margin: 0; display: grid; grid-template-columns: 19rem minmax(0, 1fr);
  color: var(--ink); background: var(--ground);
  font: 15px/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif;
}
nav {
  position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.5rem;
  background: var(--shade); border-right: 1px solid var(--line); color: var(--soft); font-size: 14px;
}
nav ul { list-style: none; margin: 0; padding: 0; }
nav li { display: flex; justify-content: space-between; align-items: baseline; padding: .15rem 0; }
nav a { color: var(--ink); }
main > p, section > p { overflow-wrap: anywhere; }
nav h2 { margin: 1.5rem 0 .3rem; font-size: 12px; color: var(--soft); }
.title { font-weight: 600; }
main { max-width: 52rem; padding: 2rem 2.5rem 6rem; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; letter-spacing: -.01em; }
main > h2 { margin: 3.5rem 0 0; font-size: 1.3rem; }
h3 { margin: 0 0 .3rem; font-size: 1.1rem; }
h4 { margin: 1.2rem 0 .3rem; font-size: 13px; color: var(--soft); font-weight: 600; }
section { padding: 1.6rem 0; border-bottom: 1px solid var(--line); }
p { margin: .3rem 0 .6rem; }
a { color: var(--link); text-decoration: none; }
a:hover { text-decoration: underline; }
code { font: .9em/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
pre code { padding: 0; background: none; }
td code, p code, li > code { background: var(--shade); border-radius: 4px; padding: .1em .3em; }
.address { display: flex; gap: .6rem; align-items: baseline; }
.address code { background: none; padding: 0; font-size: 1rem; }
.method { font: 600 11px/1.6 ui-monospace, Menlo, Consolas, monospace; color: light-dark(#0b68cb, #70b8ff); }
.post { color: light-dark(#18794e, #4cc38a); }
.patch { color: light-dark(#915930, #f1a10d); }
.delete { color: light-dark(#c62a2f, #ff8589); }
table { width: 100%; border-collapse: collapse; margin: .4rem 0; }
th, td { padding: .5rem .8rem .5rem 0; border-top: 1px solid var(--line); text-align: left; vertical-align: top; }
th { width: 15rem; font-weight: 400; overflow-wrap: anywhere; }
th em { font-style: normal; font-size: 12px; color: light-dark(#c62a2f, #ff8589); }
pre { margin: .4rem 0; padding: .7rem .9rem; overflow-x: auto; background: var(--shade); border-radius: 6px; }
td { overflow-wrap: anywhere; }
.type { font: .85em/1.4 ui-monospace, Menlo, Consolas, monospace; color: var(--soft); }
.answers { list-style: none; margin: 0; padding: 0; }
.answers li { padding: .15rem 0; }
.status { margin-right: .4rem; }
.s2 { color: light-dark(#18794e, #4cc38a); }
.s4, .s5 { color: light-dark(#915930, #f1a10d); }
details { margin: .2rem 0 .4rem; }
summary { cursor: pointer; color: var(--soft); font-size: 13px; }
details ul { list-style: none; margin: .3rem 0; padding: 0; }
@media (max-width: 800px) {
  body { display: block; }
  nav { position: static; height: auto; border-right: 0; border-bottom: 1px solid var(--line); }
  main { padding: 1.5rem; }
  th { width: 10rem; }
}
`;
