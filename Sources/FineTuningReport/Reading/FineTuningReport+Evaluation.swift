import JSON
import Relevance

extension FineTuningReport {
    /// Reads the table, the gate's decision, and what became of each query.
    mutating func readEvaluation(_ files: RunLines) {
        guard let results = files.value("evaluation/results.json") else { return }
        systems = (results["systems"]?.array ?? []).compactMap(System.init)
        comparisons = (results["comparisons"]?.array ?? []).compactMap(Comparison.init)
        gate = results["gate"].flatMap(Gate.init)
        // A model without a base of its kind is held against search by words.
        let before = systems.contains { $0.name == "base" } ? "base" : "bm25"
        outcomeNames.metric = gate?.metric ?? outcomeNames.metric
        outcomeNames.before = title(of: before)
        outcomeNames.after = title(of: "tuned")
        var places: [(id: String, answers: Set<String>)] = []
        files.each("evaluation/queries.jsonl") { line in
            guard let query = line["query"]?.string, let old = line["systems"]?[before],
                let new = line["systems"]?["tuned"]
            else { return }
            outcomes.append(
                Outcome(
                    query: Self.cut(query, 300), kind: line["type"]?.string,
                    before: old[outcomeNames.metric]?.double ?? 0, after: new[outcomeNames.metric]?.double ?? 0,
                    rankBefore: old["rank"]?.int, rankAfter: new["rank"]?.int))
            let answers = (line["doc_ids"]?.array ?? []).compactMap(\.string)
            places.append((line["query_id"]?.string ?? "", Set(answers)))
        }
        readHits(files, before, places)
    }

    /// The best documents of the queries that are shown.
    private mutating func readHits(
        _ files: RunLines, _ before: String, _ queries: [(id: String, answers: Set<String>)]
    ) {
        let shown = Self.worst(outcomes) + Self.best(outcomes)
        guard !shown.isEmpty, let old = try? RankedRun(escaped: files.folder + "/evaluation/runs/\(before).run"),
            let new = try? RankedRun(escaped: files.folder + "/evaluation/runs/tuned.run")
        else { return }
        var texts: [String: String] = [:]
        func best(_ run: RankedRun, _ place: Int) -> [String] {
            run.ranking(of: queries[place].id).prefix(3).map(\.document)
        }
        for place in shown { for id in best(old, place) + best(new, place) { texts[id] = "" } }
        files.each("evaluation/collection/corpus.jsonl") { line in
            guard let id = line["_id"]?.string, texts[id] != nil else { return }
            let title = line["title"]?.string ?? ""
            texts[id] = Self.cut((title.isEmpty ? "" : title + ": ") + (line["text"]?.string ?? ""), 140)
        }
        func hits(_ run: RankedRun, _ place: Int) -> [Outcome.Hit] {
            best(run, place).map { id in
                Outcome.Hit(id, text: texts[id] ?? "", isAnswer: queries[place].answers.contains(id))
            }
        }
        for place in shown {
            outcomes[place].hitsBefore = hits(old, place)
            outcomes[place].hitsAfter = hits(new, place)
        }
    }
}

extension FineTuningReport.System {
    /// Reads a row of `evaluation/results.json`.
    init?(_ json: JSONValue) {
        guard let name = json["system"]?.string else { return nil }
        let metrics = (json["metrics"]?.object ?? [:]).compactMap { name, value in value.double.map { (name, $0) } }
        self.init(
            name, title: json["title"]?.string ?? name, metrics: Dictionary(metrics, uniquingKeysWith: { $1 }))
    }
}

extension FineTuningReport.Comparison {
    /// Reads a difference of `evaluation/results.json`.
    init?(_ json: JSONValue) {
        guard let metric = json["metric"]?.string, let system = json["system"]?.string,
            let rival = json["against"]?.string, let difference = json["difference"]?.double,
            let lower = json["lower"]?.double, let upper = json["upper"]?.double, lower <= upper
        else { return nil }
        self.init(
            metric: metric, system: system, rival: rival, difference: difference, interval: lower...upper,
            better: json["better"]?.int ?? 0, worse: json["worse"]?.int ?? 0, equal: json["equal"]?.int ?? 0)
    }
}

extension FineTuningReport.Gate {
    /// Reads the gate's part of `evaluation/results.json`.
    init?(_ json: JSONValue) {
        guard let isPassed = json["passed"]?.bool else { return nil }
        self.init(
            isPassed: isPassed, isOverridden: json["overridden"]?.bool ?? false,
            sentence: json["decision"]?.string ?? "", metric: json["metric"]?.string ?? "ndcg@10",
            margin: json["margin"]?.double ?? 0)
    }
}
