/// The style of the page: dark and light as the reader's system is, and fit to be printed.
package enum PageStyle {
    package static let css = """
        :root{color-scheme:light dark;--page:#fbfbfa;--card:#fff;--ink:#1c2024;--soft:#626a73;--line:#e3e5e8;\
        --first:#1f6feb;--second:#c2410c;--third:#15803d;--fourth:#9333ea;--fifth:#0e7490;--good:#15803d;--bad:#b42318}
        @media(prefers-color-scheme:dark){:root{--page:#14171b;--card:#1b1f24;--ink:#e4e7ea;--soft:#98a1ab;--line:#2d333a;\
        --first:#6cabff;--second:#ff9a62;--third:#5fd08a;--fourth:#c79bff;--fifth:#56c8dc;--good:#5fd08a;--bad:#ff8f85}}
        *{box-sizing:border-box}
        body{margin:0 auto;max-width:76rem;padding:2rem 1.25rem 4rem;background:var(--page);color:var(--ink);\
        font:15px/1.5 system-ui,sans-serif}
        h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}
        h2{font-size:1.15rem;margin:2.25rem 0 .75rem}
        p{margin:.25rem 0 .75rem}
        .soft,figcaption i,footer{color:var(--soft)}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9rem,1fr));gap:.75rem;margin:1.25rem 0}
        .tile,.chart,.wide{background:var(--card);border:1px solid var(--line);border-radius:.5rem}
        .tile{padding:.7rem .9rem}
        .tile span{display:block;color:var(--soft);font-size:.85rem}
        .tile b{font-size:1.35rem;font-weight:600;font-variant-numeric:tabular-nums}
        .charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,29rem),1fr));gap:.75rem}
        .chart{margin:0;padding:.7rem .9rem .4rem}
        figcaption{font-size:.9rem;margin-bottom:.3rem}
        figcaption b{font-weight:600;margin-right:.4rem}
        .key{display:inline-block;width:1.1em;height:0;border-top:2px solid;vertical-align:middle;margin:0 .3em 0 .6em}
        .key.faint{opacity:.35;border-color:var(--first)}
        .key.level{border-top-style:dashed;border-color:var(--soft)}
        svg{display:block;width:100%;height:auto;overflow:visible}
        svg svg{overflow:hidden}
        .grid{stroke:var(--line)}
        .epoch{stroke:var(--soft);opacity:.5;stroke-dasharray:2 3}
        line.level{stroke:var(--soft);stroke-dasharray:6 4}
        .tick{fill:var(--soft);font-size:12px;text-anchor:middle;font-variant-numeric:tabular-nums}
        .tick.end{text-anchor:end}
        polyline{fill:none;stroke-width:2;stroke-linejoin:round;stroke-linecap:round;vector-effect:non-scaling-stroke}
        polyline.faint{stroke:var(--first);stroke-width:1;opacity:.35}
        circle.faint{fill:var(--first)}
        .first{stroke:var(--first)}.second{stroke:var(--second)}.third{stroke:var(--third)}.fourth{stroke:var(--fourth)}\
        .fifth{stroke:var(--fifth)}
        .key.first{border-color:var(--first)}.key.second{border-color:var(--second)}.key.third{border-color:var(--third)}\
        .key.fourth{border-color:var(--fourth)}.key.fifth{border-color:var(--fifth)}
        circle.first{fill:var(--first)}circle.second{fill:var(--second)}circle.third{fill:var(--third)}\
        circle.fourth{fill:var(--fourth)}circle.fifth{fill:var(--fifth)}
        .wide{overflow-x:auto;margin:.5rem 0 1rem}
        table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
        th,td{padding:.4rem .9rem;text-align:right;white-space:nowrap}
        th:first-child,td:first-child,.facts td,.facts th{text-align:left}
        .facts td{white-space:normal;overflow-wrap:anywhere}
        th{font-weight:500;color:var(--soft);font-size:.85rem}
        tbody tr{border-top:1px solid var(--line)}
        summary{cursor:pointer;color:var(--soft)}
        .warning{border-left:3px solid var(--second);padding-left:.75rem}
        .good{color:var(--good)}.bad{color:var(--bad)}
        footer{margin-top:3rem;font-size:.85rem}
        @media print{body{max-width:none;padding:0}.tile,.chart{break-inside:avoid}}
        """
}
