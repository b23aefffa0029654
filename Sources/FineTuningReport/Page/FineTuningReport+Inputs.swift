import JSON
import TrainingReport

extension FineTuningReport {
    /// How long the phases took, and what went wrong on the way.
    var timings: HTML {
        guard !phases.isEmpty else { return HTML() }
        var part = HTML()
        part.raw("<section><h2>Phases</h2><div class=\"charts\">")
        part.add(
            TimeBars(
                title: "Time of each phase",
                rows: phases.compactMap { phase in phase.seconds.map { (phase.name, $0) } }
            ).html)
        part.raw("</div>")
        let noted = phases.filter { $0.attempts > 1 || $0.fault != nil || $0.seconds == nil }
        if !noted.isEmpty {
            part.table(
                ["phase", "time", "attempts", "last fault"],
                noted.map { phase in
                    [
                        phase.name, phase.seconds.map(Figures.duration) ?? "not ended", "\(phase.attempts)",
                        phase.fault ?? "–",
                    ]
                }, style: "texts")
        }
        part.raw("</section>\n")
        return part
    }

    /// What went in: facts of the corpus, and all parameters.
    var inputs: HTML {
        let rows = Self.flat(parameters)
        guard !facts.isEmpty || !rows.isEmpty else { return HTML() }
        var part = HTML()
        part.raw("<section><h2>What went in</h2>")
        if !facts.isEmpty { part.add(Self.table(facts)) }
        if !rows.isEmpty {
            part.raw("<details><summary>All parameters</summary>")
            part.add(Self.table(rows))
            part.raw("</details>")
        }
        part.raw("</section>\n")
        return part
    }

    /// How to do it again.
    var repetition: HTML {
        guard !commands.isEmpty else { return HTML() }
        var part = HTML()
        part.raw("<section><h2>To repeat it</h2>")
        part.element("pre", commands.joined(separator: "\n"))
        part.raw("</section>\n")
        return part
    }

    /// The values of an object, named by their way.
    private static func flat(_ value: JSONValue, _ way: String = "", depth: Int = 0) -> [Fact] {
        guard let object = value.object, depth < 8 else {
            guard !way.isEmpty, !value.isNull else { return [] }
            return [Fact(way, value.string ?? value.serialized())]
        }
        return object.flatMap { name, value in
            flat(value, way.isEmpty ? name : way + "." + name, depth: depth + 1)
        }
    }
}
