/// Says how well documents answer queries, so that a smaller model can learn it.
///
/// A score means what its teacher says: logits of a cross-encoder, cosines, dot products, normalised averages. Only scores of
/// one teacher can be compared.
public protocol Teacher: Sendable {
    /// The kind and the name of the model or file, for reports and for files of scores.
    var name: String { get }

    /// The scores of pairs, in the order given.
    ///
    /// - Throws: when a pair cannot be scored; never a part of the scores.
    func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float]
}

extension Teacher {
    /// The scores of requests, in the order given: for each request, one score for each of its documents.
    ///
    /// Some teachers set the scores of a query's documents against each other, so a query is in one call with the documents of one
    /// request: its scores do not depend on what else is asked.
    ///
    /// - Throws: also ``TeacherError/Code/model`` when the teacher gives another number of scores than it was asked for.
    package func scores(of requests: [(query: String, documents: [String])]) throws(TeacherError) -> [[Float]] {
        var results = [[Float]](repeating: [], count: requests.count)
        var missing = Array(requests.indices)
        while !missing.isEmpty {
            var asked: Set<String> = []
            var call: [Int] = []
            var others: [Int] = []
            for index in missing {
                if asked.insert(requests[index].query).inserted { call.append(index) } else { others.append(index) }
            }
            missing = others
            let pairs = call.flatMap { index in requests[index].documents.map { (requests[index].query, $0) } }
            var found = try scores(pairs)[...]
            guard found.count == pairs.count else {
                throw TeacherError(
                    .model, "\(name) gives \(found.count) scores for \(pairs.count) pairs",
                    advice: "Take a teacher that scores every pair")
            }
            for index in call {
                results[index] = Array(found.prefix(requests[index].documents.count))
                found = found.dropFirst(requests[index].documents.count)
            }
        }
        return results
    }
}
