/// What the page of a pipeline needs beside the style of a training's page.
enum SampleStyle {
    static let css = """
        .verdict{border-left:4px solid var(--soft);background:var(--card);padding:.8rem 1rem;margin:1rem 0;border-radius:0 .5rem .5rem 0}
        .verdict.good{border-color:var(--good)}.verdict.bad{border-color:var(--bad)}
        .verdict b{display:block;font-size:1.1rem}.verdict p{color:var(--ink);margin:.25rem 0 0}
        .texts td{white-space:normal;overflow-wrap:anywhere;text-align:left;vertical-align:top}.texts th{text-align:left}
        .outcome{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.7rem .9rem;margin:.6rem 0}
        .outcome h3{font-size:1rem;margin:0 0 .3rem;overflow-wrap:anywhere}
        .sides{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,26rem),1fr));gap:.25rem 1.5rem}
        .sides ol{margin:.2rem 0 .3rem;padding-left:1.6rem}.sides li{overflow-wrap:anywhere}
        .sides li.answer{color:var(--good);font-weight:600}
        .sides code,pre{font:13px/1.45 ui-monospace,monospace}
        pre{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;overflow-x:auto}
        rect.first{fill:var(--first);stroke:none}.span{stroke:var(--first);stroke-width:3}.zero{stroke:var(--soft)}
        .limit{stroke:var(--second);stroke-dasharray:5 4}.label{fill:var(--ink);font-size:13px}
        .key.limit{border-color:var(--second);border-top-style:dashed}.label.end{text-anchor:end}.note{fill:var(--soft);font-size:12px}
        """
}
