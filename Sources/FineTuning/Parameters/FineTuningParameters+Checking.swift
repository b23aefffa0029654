import QueryPrompting
import Relevance
import Teachers
import TrainableEncoders
import Training

extension FineTuningParameters {
    /// Throws for parameters that are missing, and for those that do not fit each other.
    ///
    /// - Throws: ``InvalidParameters`` with every fault.
    public func check() throws(InvalidParameters) {
        var faults: [InvalidParameters.Fault] = []
        func fault(_ field: String, _ reason: String, _ advice: String) {
            faults.append(.init(field, reason, advice: advice))
        }
        checkCorpus(fault)
        checkAddress("opensearch_endpoint", openSearchEndpoint, fault)
        checkAddress("queries.endpoint", queries.endpoint, fault)
        checkModel(fault)
        checkQueries(fault)
        checkMining(fault)
        checkEvaluation(fault)
        checkDeployment(fault)
        checkTraining(fault)
        if !faults.isEmpty { throw InvalidParameters(faults) }
    }

    private typealias Faults = (_ field: String, _ reason: String, _ advice: String) -> Void

    private func checkCorpus(_ fault: Faults) {
        let fields: [(name: String, type: InputType, isSet: Bool)] = [
            ("opensearch_endpoint", .opensearch, openSearchEndpoint != nil),
            ("index_name", .opensearch, indexName != nil),
            ("text_field", .opensearch, !textFields.isEmpty), ("title_field", .opensearch, titleField != nil),
            ("query", .opensearch, query != nil), ("s3_corpus_path", .s3, s3CorpusPath != nil),
            ("corpus_path", .file, corpusPath != nil),
        ]
        for field in fields where field.isSet && field.type != inputType {
            // An endpoint also says where the model is registered.
            if field.name == "opensearch_endpoint", deploy.registers == true { continue }
            fault(
                field.name, "it is for the input_type \(field.type.rawValue), which is \(inputType.rawValue)",
                "Remove it, or set input_type")
        }
        switch inputType {
        case .opensearch where indexName == nil:
            fault("index_name", "it is not set", "Name the index whose documents are to be learned")
        case .file where corpusPath == nil:
            fault("corpus_path", "it is not set", "Name a file of documents (JSON lines with id and text)")
        case .s3:
            if let path = s3CorpusPath {
                if !path.hasPrefix("s3://") || !path.dropFirst(5).contains("/") {
                    fault("s3_corpus_path", "'\(path)' is no file in a bucket", "Write s3://bucket/key")
                }
            } else {
                fault("s3_corpus_path", "it is not set", "Write s3://bucket/key")
            }
        default: break
        }
    }

    /// Refuses addresses that hold secrets, which would stand in every file of the run; the address is not repeated.
    private func checkAddress(_ field: String, _ address: String?, _ fault: Faults) {
        guard let address else { return }
        let parts = address.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count == 3, ["http:", "https:"].contains(parts[0].lowercased()), parts[1].isEmpty, !parts[2].isEmpty
        else { return fault(field, "this is no address", "Write https://host:port") }
        if parts[2].prefix(while: { $0 != "/" }).contains("@") || address.contains("?") {
            fault(
                field, "the address holds a user, a password or a query",
                "Leave it out: credentials come from the environment or a file, not from parameters")
        }
    }

    private func checkModel(_ fault: Faults) {
        if modelName.isEmpty {
            fault("model_name", "it is not set", "Give the new model a name")
        } else if modelName.utf8.count > 100 || !modelName.utf8.allSatisfy(Self.isNameByte) || modelName.first == "." {
            fault(
                "model_name", "'\(modelName)' is no name of a model",
                "Take up to 100 letters, digits, points, hyphens and underscores, not beginning with a point")
        }
        if baseModel.isEmpty { fault("base_model_id", "it is not set", "Name the model to begin with") }
        if modelType == .crossEncoder, embeddingDimension != nil {
            fault("embedding_dimension", "a cross-encoder has no vectors", "Remove it")
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || "-_.".utf8.contains(byte)
    }

    private func checkQueries(_ fault: Faults) {
        let usesModel = ![.embedded, .file].contains(queries.source)
        if queries.source == .embedded, !queries.makesTitles, queries.draws == 0 {
            fault("queries.draws", "neither titles nor draws are asked for", "Ask for one of them")
        }
        if queries.spanShare + queries.wordShare > 1 {
            fault(
                "queries.word_share",
                "together with span_share (\(queries.spanShare)) it is more than 1", "Give shares of at most 1 together"
            )
        }
        if (queries.source == .file) != (queries.path != nil) {
            fault(
                "queries.path",
                queries.source == .file
                    ? "it is not set" : "it is for the source file, which is \(queries.source.rawValue)",
                queries.source == .file ? "Name a file of queries (JSON lines with query and doc_id)" : "Remove it")
        }
        if usesModel, queries.model == nil {
            fault("queries.model", "it is not set", "Name the language model that writes the queries")
        }
        if (queries.source == .endpoint) != (queries.endpoint != nil) {
            fault(
                "queries.endpoint",
                queries.source == .endpoint
                    ? "it is not set" : "it is for the source endpoint, which is \(queries.source.rawValue)",
                queries.source == .endpoint ? "Give the address, such as https://host/v1" : "Remove it")
        }
        if usesModel {
            do throws(PromptingError) {
                _ = try queries.prompt()
                if queries.source != .endpoint { _ = try queries.format() }
            } catch {
                fault("queries", error.reason, error.advice)
            }
        }
        if queries.roundTrip != nil, queries.roundTripSearch.isEmpty {
            fault(
                "queries.round_trip_search", "nothing searches", "Name words, base, or both; or set round_trip to null")
        }
    }

    private func checkMining(_ fault: Faults) {
        if mining.negatives > 0, mining.searches.isEmpty {
            fault("mining.searches", "nothing proposes negatives", "Name words, base, or both; or set negatives to 0")
        }
        if !distillation.teachers.isEmpty, mining.negatives == 0 {
            fault(
                "mining.negatives", "a teacher compares the documents of a query, and there is one of each",
                "Mine one negative or more")
        }
        if mining.negatives == 0, mining.teacher != nil {
            fault("mining.teacher", "no negatives are mined", "Remove it, or mine some")
        }
        for teacher in distillation.teachers {
            if let weight = TeacherReference(teacher).weight, !(weight >= 0 && weight.isFinite) {
                fault("distillation.teachers", "the weight of '\(teacher)' is no share", "Give 0 or more")
            }
        }
    }

    private func checkEvaluation(_ fault: Faults) {
        if HeldOutMetric(named: gate.metric) == nil {
            fault(
                "gate.metric", "'\(gate.metric)' is not measured",
                "Take one of \(HeldOutMetric.allCases.map(\.name).joined(separator: ", "))")
        }
        if gate.minimumQueries > heldOutQueries, !gate.isOverridden {
            fault(
                "gate.minimum_queries",
                "the gate needs \(gate.minimumQueries) queries, and evaluation.queries allows \(heldOutQueries)",
                "Allow more queries, or ask for fewer")
        }
        if evaluation.depth < 100, gate.metric == "recall@100" {
            fault("evaluation.depth", "recall@100 needs 100 results", "Set it to 100 or more")
        }
    }

    private func checkDeployment(_ fault: Faults) {
        let hasCluster = inputType == .opensearch || openSearchEndpoint != nil
        if deploy.registers == true, !hasCluster {
            fault("deploy.register", "there is no cluster to register with", "Set opensearch_endpoint, or remove it")
        }
        guard deploy.reencodes else { return }
        if inputType != .opensearch {
            fault("deploy.reencode", "the documents came from no index", "Take them from one, or remove it")
        }
        if modelType == .crossEncoder {
            fault("deploy.reencode", "a cross-encoder encodes no documents", "Remove it")
        }
        if deploy.registers == false {
            fault("deploy.reencode", "the model is not registered", "Set deploy.register, or remove it")
        }
        checkReencoding(fault)
    }

    /// Refuses what would be refused when the model is trained and registered already.
    private func checkReencoding(_ fault: Faults) {
        if let index = indexName, index.contains(where: { "*,".contains($0) }) {
            fault(
                "index_name", "'\(index)' may be several indices, and one is written anew",
                "Name one index, or remove deploy.reencode")
        }
        if textFields.count > 1 {
            fault(
                "text_field",
                "one field is encoded in the new index, and the model would learn from \(textFields.count)",
                "Name that field alone, or remove deploy.reencode")
        }
        if let field = deploy.field, field.contains(".") || textFields.contains(field) {
            fault(
                "deploy.field", "'\(field)' lies inside of an object, or is the text field itself",
                "Give a name of its own without points")
        }
        guard let target = deploy.targetIndex else { return }
        if target == indexName || target == deploy.alias {
            fault(
                "deploy.target_index", "'\(target)' is the name of the old index or of the alias",
                "Give the new index a name of its own")
        }
        if target.utf8.count > 255 || target != target.lowercased() || "-_+.".contains(target.first ?? "-")
            || target.contains(where: { " \\/*?\"<>|,#:".contains($0) })
        {
            fault(
                "deploy.target_index", "'\(target)' is no name of an index",
                "Take small letters, digits, points, hyphens and underscores, 255 bytes at most")
        }
    }

    private func checkTraining(_ fault: Faults) {
        do {
            var configuration = try trainingConfiguration()
            (configuration.model, configuration.trainingData, configuration.output) = ("-", "-", "-")
            if devQueries > 0 { configuration.evaluationData = "-" }
            try configuration.check()
            let kind: ExampleKind =
                !distillation.teachers.isEmpty ? .scoredLists : mining.negatives > 0 ? .tuples : .pairs
            _ = try ChosenLoss(configuration, kind, hasTeacher: false)
        } catch {
            fault("training." + (error.setting ?? ""), error.reason, error.advice)
        }
    }
}
