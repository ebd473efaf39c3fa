"""How the pages look, by day and by night."""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark; --bg: #fff; --soft: #f5f5f7; --line: #dcdcde; --text: #28272d; --quiet: #626168;
  --link: #1068bf; --open: #108548; --closed: #1f75cb; --hidden: #ab6100; }
@media (prefers-color-scheme: dark) {
  :root { --bg: #18171d; --soft: #24232a; --line: #434248; --text: #ececef; --quiet: #a4a3a8; --link: #63a6e9;
    --open: #2da160; --closed: #428fdc; --hidden: #c17d10; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
nav { padding: .6rem 1.5rem; border-bottom: 1px solid var(--line); background: var(--soft); }
nav a { font-weight: 600; color: inherit; text-decoration: none; }
main { max-width: 78rem; margin: 0 auto; padding: 1rem 1.5rem 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 1rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 1.6rem 0 .6rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
small, .quiet { color: var(--quiet); font-weight: 400; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
a.title { color: inherit; font-weight: 500; overflow-wrap: anywhere; }
table { border-collapse: collapse; margin: .6rem 0; } .scroll { overflow-x: auto; }
th, td { padding: .4rem .7rem; border: 1px solid var(--line); text-align: left; vertical-align: top; }
th { background: var(--soft); font-weight: 600; }
.issues { width: 100%; } .issues th, .issues td { border-width: 0 0 1px; }
.chips { margin-top: .25rem; line-height: 1.9; }
.chip { display: inline-flex; border: 1.5px solid var(--c); border-radius: 1rem; overflow: hidden; font-size: .78rem;
  line-height: 1.35; white-space: nowrap; vertical-align: middle; }
.chip b { background: var(--c); color: var(--t); padding: .05rem .5rem; font-weight: 500; }
.chip i { padding: .05rem .5rem; font-style: normal; }
.state { color: #fff; background: var(--open); border-radius: 1rem; padding: .1rem .6rem; font-size: .8rem; }
.state.closed { background: var(--closed); } .state.hidden { background: var(--hidden); }
.weight { white-space: nowrap; color: var(--quiet); }
.mention { color: var(--link); font-weight: 500; }
.columns { display: grid; grid-template-columns: minmax(0, 1fr) 17rem; gap: 2rem; }
@media (max-width: 60rem) { .columns { grid-template-columns: 1fr; } }
article > .text { border-bottom: 1px solid var(--line); padding-bottom: 1rem; }
aside { border-left: 1px solid var(--line); padding-left: 1.2rem; font-size: .92rem; }
dt { color: var(--quiet); margin-top: .9rem; } dd { margin: .1rem 0 0; line-height: 1.9; }
code, pre { background: var(--soft); border-radius: .25rem; font-size: .88em; } code { padding: .1em .3em; }
pre { padding: .8rem; overflow-x: auto; border: 1px solid var(--line); } pre code { padding: 0; }
blockquote { margin: .6rem 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--quiet); }
details { margin: .6rem 0; padding: .5rem .9rem; border: 1px solid var(--line); border-radius: .4rem; }
summary { cursor: pointer; font-weight: 600; }
.text table { display: block; overflow-x: auto; }
.activity { list-style: none; padding: 0; font-size: .92rem; }
.activity li { padding: .3rem 0; color: var(--quiet); }
.activity .note { border: 1px solid var(--line); border-radius: .4rem; padding: .5rem .9rem; margin: .5rem 0;
  color: var(--text); overflow-x: auto; }
.board { display: flex; gap: .8rem; overflow-x: auto; align-items: flex-start; }
.list { flex: 0 0 17.5rem; background: var(--soft); border: 1px solid var(--line); border-radius: .4rem;
  padding: 0 .6rem .6rem; }
.list h2 { margin: .6rem 0; font-size: 1rem; }
.card { background: var(--bg); border: 1px solid var(--line); border-radius: .3rem; padding: .5rem .7rem;
  margin-top: .5rem; }
.card p { margin: .3rem 0 0; font-size: .85rem; }
"""
