extension ExampleRow {
    /// What the row says of its kind, by its columns alone.
    func kind() throws(RowFault) -> ExampleKind {
        guard columns.contains(.query) else { throw RowFault("there is no query", Self.advice) }
        guard columns.contains(.document) else { throw RowFault("there is no document", Self.advice) }
        if isList {
            guard negatives.isEmpty else { throw RowFault("there are 'docs' and negatives", Self.advice) }
            return .scoredLists
        }
        if columns.contains(.negative) { return .tuples }
        return columns.contains(.label) || columns.contains(.documentScores) ? .labelledPairs : .pairs
    }

    /// The example or examples that the row stands for.
    ///
    /// - Parameter choice: a row with several positives is an example for each, or for the first.
    func examples(
        _ kind: ExampleKind, _ choice: PositiveChoice, _ texts: inout TextTable, _ ids: inout TextTable, line: Int
    ) throws(RowFault) -> [TrainingExample] {
        guard let query else { throw RowFault("there is no query", Self.advice) }
        guard !positives.isEmpty else { throw RowFault("there is no document", Self.advice) }
        guard labels.isEmpty || scores.isEmpty else {
            throw RowFault("there are labels and scores", "Keep one of the two columns")
        }
        let numbers = labels.isEmpty ? scores : labels
        let queryNumber = texts.number(of: query)
        func numbered(_ documents: [String], _ texts: inout TextTable) -> [Int32] {
            documents.map { texts.number(of: $0) }
        }
        switch kind {
        case .pairs:
            return numbered(choice == .all ? positives : [positives[0]], &texts).enumerated().map { index, document in
                TrainingExample(
                    query: queryNumber, documents: [document], positives: 1,
                    origins: numbered(origins(ofPositive: index), &ids), line: line)
            }
        case .labelledPairs:
            guard positives.count == 1, numbers.count == 1 else {
                throw RowFault(
                    "a pair has \(numbers.count) labels and \(positives.count) documents", "Give one of each")
            }
            return [
                TrainingExample(
                    query: queryNumber, documents: numbered(positives, &texts), positives: 0, labels: numbers,
                    line: line)
            ]
        case .scoredLists:
            guard numbers.count == positives.count else {
                throw RowFault(
                    "there are \(numbers.count) scores for \(positives.count) documents", "Give one score for each")
            }
            return [
                TrainingExample(
                    query: queryNumber, documents: numbered(positives, &texts), positives: 0, labels: numbers,
                    line: line)
            ]
        case .tuples:
            return try tuples(choice, queryNumber, numbers, &texts, &ids, line: line)
        }
    }

    private func tuples(
        _ choice: PositiveChoice, _ query: Int32, _ numbers: [Float], _ texts: inout TextTable,
        _ ids: inout TextTable, line: Int
    ) throws(RowFault) -> [TrainingExample] {
        guard !negatives.isEmpty else {
            throw RowFault("there is no negative", "Give one, as the other lines do, or remove the line")
        }
        guard positiveScores.isEmpty && negativeScores.isEmpty || numbers.isEmpty else {
            throw RowFault("there are scores under several names", "Keep one of them")
        }
        guard
            positiveScores.isEmpty == negativeScores.isEmpty,
            positiveScores.isEmpty
                || positiveScores.count == positives.count && negativeScores.count == negatives.count
        else {
            throw RowFault(
                "there are \(positiveScores.count) scores for \(positives.count) positives and \(negativeScores.count) for \(negatives.count) negatives",
                "Give one score for each")
        }
        guard numbers.isEmpty || positives.count == 1 else {
            throw RowFault("there are several positives and one list of scores", "Use pos_scores and neg_scores")
        }
        guard numbers.isEmpty || numbers.count == negatives.count || numbers.count == negatives.count + 1 else {
            throw RowFault(
                "there are \(numbers.count) numbers for \(negatives.count) negatives",
                "Give a margin for each negative, or a score for each document, the positive first")
        }
        let others = negatives.map { texts.number(of: $0) }
        return (choice == .all ? positives.indices : 0..<1).map { index in
            TrainingExample(
                query: query, documents: [texts.number(of: positives[index])] + others, positives: 1,
                labels: positiveScores.isEmpty ? numbers : [positiveScores[index]] + negativeScores,
                origins: origins(ofPositive: index).map { ids.number(of: $0) }, line: line)
        }
    }
}
