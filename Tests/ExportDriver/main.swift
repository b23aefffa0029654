#if canImport(Glibc)
    import Glibc
#else
    import Musl
#endif

import JSON
import ModelExport
import ModelFiles

/// Writes a model as a folder or as archives for OpenSearch, for checks with other programs.
///
///     ExportDriver folder SOURCE TARGET [dense|sparse|cross-encoder] [pooling=cls,mean] [normalize=yes|no] [length=N] [idf=yes]
///     ExportDriver opensearch SOURCE TARGET NAME
///
/// It prints what was written as JSON, or the error and ends with 1.
let arguments = Array(CommandLine.arguments.dropFirst())
guard arguments.count >= 3 else {
    print("usage: ExportDriver folder|opensearch SOURCE TARGET ...")
    exit(2)
}
let options = Dictionary(
    arguments.dropFirst(3).compactMap { argument in
        argument.firstIndex(of: "=").map {
            (String(argument[..<$0]), String(argument[argument.index(after: $0)...]))
        }
    }, uniquingKeysWith: { $1 })
do {
    try run()
} catch {
    print("\(error)")
    exit(1)
}

func run() throws {
    let source = try ModelFolder(path: arguments[1])
    guard arguments[0] == "folder" else {
        let packages = try OpenSearchPackageWriter(model: source, name: arguments[3]).write(to: arguments[2])
        for package in packages {
            let line: JSONValue = [
                "path": .string(package.path), "digest": .string(package.digest), "function": .string(package.function),
            ]
            print(line.serialized())
        }
        return
    }
    let tasks: [String: ModelTask] = ["dense": .dense, "sparse": .sparse, "cross-encoder": .crossEncoder]
    var settings = ModelFolderSettings()
    settings.poolingModes = options["pooling"].map {
        $0.split(separator: ",").compactMap { .init(rawValue: String($0)) }
    }
    settings.normalizes = options["normalize"].map { $0 == "yes" }
    settings.maxSequenceLength = options["length"].flatMap { Int($0) }
    if options["idf"] == "yes", let size = source.config["vocab_size"]?.int {
        settings.queryTokenWeights = (0..<size).map { Float($0 % 17) / 4 }
    }
    var card = ModelCard(name: "an export")
    card.baseModel = "tests/tiny"
    card.loss = "MultipleNegativesRankingLoss"
    card.datasetSize = 2560
    card.evaluations = [
        ModelCard.Evaluation(
            dataset: "debian: dev", queries: 923,
            metrics: [ModelCard.Metric("nDCG@10", type: "ndcg_at_10", before: 0.7953, after: 0.8501)])
    ]
    let task = arguments.count > 3 ? tasks[arguments[3]] : nil
    let writer = ModelFolderWriter(source: source, task: task, settings: settings, card: card)
    try writer.write([], to: arguments[2])
    print("{}")
}
