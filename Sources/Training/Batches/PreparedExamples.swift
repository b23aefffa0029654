package import Losses
package import TrainableEncoders

/// The examples of a data set as a loss reads them.
package struct PreparedExamples: Sendable {
    /// Where the numbers of an example come from.
    package enum Labels: Sendable {
        /// There are none, or they play no part.
        case none
        /// The data.
        case data
        /// The teacher, for each document.
        case teacher
    }

    /// The examples, with as many documents as the loss takes.
    package private(set) var examples: [TrainingExample] = []
    /// Where their numbers come from.
    package private(set) var labels = Labels.none
    /// What the user should know: that documents are left out.
    package private(set) var warnings: [String] = []
    private let data: TrainingData
    private let loss: any Loss
    private let task: TrainingTask
    private let hasTeacher: Bool

    /// Fits examples to a loss.
    ///
    /// - Parameters:
    ///   - negatives: documents behind the first to keep at most; nil keeps as many as all examples have.
    /// - Throws: ``TrainingError`` that names the line of the first example that does not fit, or says that all labels are equal.
    package init(
        _ data: TrainingData, for loss: any Loss, task: TrainingTask, negatives: Int?, hasTeacher: Bool
    ) throws(TrainingError) {
        self.data = data
        self.loss = loss
        self.task = task
        self.hasTeacher = hasTeacher
        switch loss.input.labels {
        case .none: try takeUnlabelled()
        case .one: try takeLabelledPairs()
        case .oneUnlessNegatives: try data.kind == .tuples ? takeUnlabelled() : takeLabelledPairs()
        case .perDocument, .margins: try takeScored()
        }
        dropCopiesOfPositives()
        try cut(to: negatives)
        if loss.input.labels == .margins { unifyMargins() }
        try checkLists()
        for example in examples {
            do throws(LossError) {
                let count =
                    switch labels {
                    case .none: 0
                    case .data: example.labels.count
                    case .teacher: example.documents.count
                    }
                try loss.input.check(documents: example.documents.count, labels: count, loss: loss.name)
            } catch {
                throw data.fault(error.reason, example, advice: error.advice)
            }
        }
    }

    private func unfit(_ advice: String) -> TrainingError {
        TrainingError(
            .badData, "the loss \(loss.name) cannot learn from \(data.kind.rawValue); it wants \(loss.input.summary)",
            advice: advice, path: data.path)
    }

    private mutating func takeUnlabelled() throws(TrainingError) {
        guard data.kind == .pairs || data.kind == .tuples else {
            throw unfit("Give pairs or triplets, or take a loss that learns labels or scores")
        }
        examples = data.examples
        if examples.contains(where: { !$0.labels.isEmpty }) {
            warnings.append("the data have scores, which the loss \(loss.name) does not learn")
        }
        let limit = loss.input.documents.upperBound
        for index in examples.indices {
            examples[index].labels = []
            if examples[index].documents.count > limit {
                examples[index].documents.removeLast(examples[index].documents.count - limit)
            }
        }
    }

    private mutating func takeLabelledPairs() throws(TrainingError) {
        labels = .data
        switch data.kind {
        case .labelledPairs: examples = data.examples
        case .scoredLists:
            for example in data.examples {
                examples += zip(example.documents, example.labels).map { document, label in
                    TrainingExample(
                        query: example.query, documents: [document], positives: 0, labels: [label], line: example.line)
                }
            }
        case .pairs, .tuples:
            for example in data.examples {
                examples += example.documents.enumerated().map { index, document in
                    TrainingExample(
                        query: example.query, documents: [document], positives: 0,
                        labels: [index < example.positives ? 1 : 0], line: example.line)
                }
            }
        }
        try checkClasses()
    }

    /// Labels that are all equal teach nothing.
    private func checkClasses() throws(TrainingError) {
        let first = examples.first?.labels.first
        guard examples.allSatisfy({ $0.labels.allSatisfy { $0 == first } }) else { return }
        throw TrainingError(
            .badData, "all labels are the same (\(first ?? 0)): there is nothing to tell apart",
            advice: data.kind == .pairs
                ? "Add negatives: needletail mine finds some" : "Add examples of the other class",
            path: data.path)
    }

    private mutating func takeScored() throws(TrainingError) {
        examples = data.examples
        if hasTeacher {
            labels = .teacher
            for index in examples.indices { examples[index].labels = [] }
            return
        }
        labels = .data
        switch data.kind {
        case .scoredLists: break
        case .labelledPairs:
            guard loss.input.documents.lowerBound == 1 else { throw unfit("Give lists with scores, or a teacher") }
            if ranksLists { groupByQuery() }
        case .pairs, .tuples:
            if let bare = examples.first(where: \.labels.isEmpty) {
                // What is relevant is label enough for losses that rank; what a teacher thinks is not known.
                guard task == .crossEncoder, loss.input.labels == .perDocument else {
                    throw data.fault(
                        "the loss \(loss.name) wants scores, and there are none", bare,
                        advice: "Give a teacher, or scores in the data: needletail distill writes them")
                }
                guard examples.allSatisfy(\.labels.isEmpty) else {
                    throw data.fault(
                        "there are no scores, and other examples have some", bare,
                        advice: "Give scores for all examples or for none")
                }
                for index in examples.indices {
                    let example = examples[index]
                    examples[index].labels = example.documents.indices.map { $0 < example.positives ? 1 : 0 }
                }
            }
        }
        if loss.input.labels == .perDocument { try checkClasses() }
    }

    /// Whether documents of a query are set against each other.
    private var ranksLists: Bool { loss is ListNet || loss is LambdaRanking }

    /// Makes a list of the labelled pairs of each query, in the order of the data.
    private mutating func groupByQuery() {
        var lists: [TrainingExample] = []
        var places: [Int32: Int] = [:]
        for example in examples {
            if let place = places[example.query] {
                lists[place].documents += example.documents
                lists[place].labels += example.labels
            } else {
                places[example.query] = lists.count
                lists.append(example)
            }
        }
        examples = lists
    }

    /// A loss that ranks learns nothing of lists whose documents are all alike.
    private func checkLists() throws(TrainingError) {
        guard ranksLists, case .data = labels else { return }
        let isSomethingToRank = examples.contains { example in
            example.labels.contains { $0 != example.labels[0] }
        }
        guard !isSomethingToRank else { return }
        throw TrainingError(
            .badData,
            "no query has two documents with different labels, and the loss \(loss.name) ranks those of a query",
            advice: "Give lists, several labelled pairs of a query, or take bce", path: data.path)
    }

    /// Leaves out negatives that are their example's positive.
    private mutating func dropCopiesOfPositives() {
        var dropped = 0
        for index in examples.indices where examples[index].positives == 1 {
            let example = examples[index]
            let kept = example.documents.indices.filter { $0 == 0 || example.documents[$0] != example.documents[0] }
            guard kept.count < example.documents.count else { continue }
            dropped += example.documents.count - kept.count
            examples[index].documents = kept.map { example.documents[$0] }
            if example.labels.count == example.documents.count {
                examples[index].labels = kept.map { example.labels[$0] }
            } else if example.labels.count == example.documents.count - 1 {
                examples[index].labels = kept.dropFirst().map { example.labels[$0 - 1] }
            }
        }
        if dropped > 0 { warnings.append("\(dropped) negatives are the text of their own positive and are left out") }
    }

    /// Brings scores and margins into one form, where data have both.
    private mutating func unifyMargins() {
        guard case .data = labels else { return }
        let forms = Set(examples.map { $0.documents.count - $0.labels.count })
        guard forms.count > 1 else { return }
        for index in examples.indices where examples[index].labels.count == examples[index].documents.count {
            let scores = examples[index].labels
            examples[index].labels = scores.dropFirst().map { scores[0] - $0 }
        }
    }

    /// Gives all examples the same number of documents, where the loss needs that.
    private mutating func cut(to negatives: Int?) throws(TrainingError) {
        let fewest = examples.map(\.documents.count).min() ?? 0
        var limit = negatives.map { $0 + 1 }
        if !loss.input.allowsUnequalRows {
            if let negatives, let short = examples.first(where: { $0.documents.count < negatives + 1 }) {
                throw data.fault(
                    "there are \(short.documents.count - 1) negatives, and \(negatives) were asked for", short,
                    advice: "Give more, or ask for fewer with 'negatives'")
            }
            limit = min(limit ?? fewest, loss.input.documents.upperBound)
        }
        guard let limit else { return }
        let dropped = examples.count { $0.documents.count > limit }
        if dropped > 0, negatives == nil {
            warnings.append(
                "\(dropped) of \(examples.count) examples have more than \(limit - 1) negatives, as many as all have; the rest is left out"
            )
        }
        for index in examples.indices where examples[index].documents.count > limit {
            let count = examples[index].documents.count
            let isMargin = examples[index].labels.count == count - 1
            if examples[index].labels.count == count || isMargin, count > 1 {
                examples[index].labels = Array(examples[index].labels.prefix(isMargin ? limit - 1 : limit))
            }
            examples[index].documents = Array(examples[index].documents.prefix(limit))
        }
    }
}
