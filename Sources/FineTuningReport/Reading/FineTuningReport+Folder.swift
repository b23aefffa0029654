import JSON
import Relevance
import Training
import TrainingReport
import Workflows

extension FineTuningReport {
    /// A report of the folder of a run, from whatever files are there.
    ///
    /// - Parameters:
    ///   - folder: with `input.json`, `history.jsonl`, `training-data/`, `training/log.jsonl`, `evaluation/` and so on.
    ///   - commands: what repeats the run.
    /// - Complexity: Reads all files of the run but its models.
    public init(folder: String, program: String, commands: [String] = []) {
        let files = RunLines(folder: folder)
        let parameters = files.value("input.json") ?? .null
        self.init(name: parameters["model_name"]?.string ?? "a model", program: program)
        run = folder.split(separator: "/").last.map(String.init)
        self.parameters = parameters
        self.commands = commands
        readHistory(folder)
        readCorpus(files)
        readQueries(files)
        readNegatives(files)
        if let bytes = files.bytes("training/log.jsonl") {
            log = try? RunLog(lines: bytes, path: folder + "/training/log.jsonl")
        }
        readEvaluation(files)
    }

    private mutating func readHistory(_ folder: String) {
        guard let history = try? ExecutionHistory(folder: folder) else { return }
        state = history.status.rawValue.lowercased()
        began = history.started.description
        if case .failed(let error, let cause)? = history.outcome { failure = "\(error): \(cause)" }
        for visit in history.visits where visit.parent == nil && [.task, .map, .wait].contains(visit.type) {
            let seconds = visit.ended.map { Double($0.milliseconds - visit.began.milliseconds) / 1000 }
            let fault = visit.fault.map { "\($0.error): \($0.cause)" }
            // A state that is entered again and again, as one that waits for a batch, is one phase.
            if let place = phases.firstIndex(where: { $0.name == visit.name }) {
                phases[place].seconds = seconds.map { $0 + (phases[place].seconds ?? 0) }
                phases[place].attempts += max(1, visit.attempts)
                phases[place].fault = fault ?? phases[place].fault
            } else {
                phases.append(Phase(visit.name, seconds: seconds, attempts: max(1, visit.attempts), fault: fault))
            }
        }
    }

    private mutating func readCorpus(_ files: RunLines) {
        func add(_ name: String, _ value: Int?) { if let value { facts.append(Fact(name, Figures.grouped(value))) } }
        add("documents of the corpus", files.count("raw-corpus/documents.jsonl"))
        // How they were chosen: documents that were there, the sample, what was skipped and why.
        let chosen = files.value("raw-corpus/documents.json")
        facts += Self.facts(chosen?["report"] ?? chosen?["result"] ?? chosen, "corpus")
        add("pairs to train with", files.count("training-data/training_data.jsonl"))
        if let seed = parameters["seed"]?.int { facts.append(Fact("seed", "\(seed)")) }
        if let base = parameters["base_model_id"]?.string { facts.append(Fact("base model", base)) }
    }

    private mutating func readQueries(_ files: RunLines) {
        var made = Generation()
        if let report = files.value("training-data/generation.json") {
            made.kinds = (report["kinds"]?.object ?? [:]).map { name, kind in
                Generation.Kind(
                    name, made: kind["made"]?.int ?? 0, kept: kind["kept"]?.int ?? 0,
                    dropped: Self.counts(kind["dropped"]))
            }
            made.answers = Self.facts(report["answers"], "answers")
        }
        let name = "training-data/query-record.jsonl"
        func sample(_ value: JSONValue) -> Generation.Sample? {
            guard let query = value["query"]?.string else { return nil }
            return Generation.Sample(
                Self.cut(query, 300), kind: value["type"]?.string ?? "", document: value["doc_id"]?.string ?? "",
                reason: value["reason"]?.string)
        }
        made.samples = files.sample(name, 12) { $0["reason"] == nil }.compactMap(sample)
        for reason in Set(made.kinds.flatMap(\.dropped.keys)).sorted() {
            made.samples += files.sample(name, 4) { $0["reason"]?.string == reason }.compactMap(sample)
        }
        if !made.kinds.isEmpty || !made.samples.isEmpty { generation = made }
    }

    private mutating func readNegatives(_ files: RunLines) {
        if let report = files.value("training-data/mining.json") {
            for name in ["guide", "queries", "candidates", "negatives", "filled", "complete_queries"] {
                guard let value = report[name] else { continue }
                mining.append(
                    Fact(
                        name.replacing("_", with: " "),
                        value.string ?? value.int.map(Figures.grouped) ?? value.serialized()))
            }
            for (reason, count) in Self.counts(report["dropped"]).sorted(by: { $0.key < $1.key }) {
                mining.append(Fact("dropped: \(reason.replacing("_", with: " "))", Figures.grouped(count)))
            }
        }
        negatives = files.sample("training-data/negatives.jsonl", 6).compactMap { line in
            guard let query = line["query"]?.string, let positive = line["positive"]?.string else { return nil }
            let others = (1...20).compactMap { line["negative_\($0)"]?.string }
            return NegativeSample(
                query: Self.cut(query, 300), positive: Self.cut(positive, 240),
                negatives: others.prefix(4).map { Self.cut($0, 160) })
        }
    }

    /// The integers of an object.
    static func counts(_ value: JSONValue?) -> [String: Int] {
        Dictionary(
            (value?.object ?? [:]).compactMap { name, value in value.int.map { (name, $0) } }, uniquingKeysWith: { $1 })
    }

    /// The counts of an object as facts, in its order; those of objects in it, too.
    static func facts(_ value: JSONValue?, _ subject: String) -> [Fact] {
        (value?.object ?? [:]).flatMap { name, value -> [Fact] in
            let name = "\(subject): \(name.replacing("_", with: " "))"
            if let count = value.int { return [Fact(name, Figures.grouped(count))] }
            return counts(value).sorted { $0.key < $1.key }.map {
                Fact("\(name) (\($0.key.replacing("_", with: " ")))", Figures.grouped($0.value))
            }
        }
    }

    /// The beginning of a text on one line.
    static func cut(_ text: String, _ limit: Int) -> String {
        let part = text.prefix(limit * 2).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return part.count > limit ? part.prefix(limit) + "…" : part
    }
}
