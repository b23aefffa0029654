import JSON
import NegativeMining
import Teachers
import Tensors
import TestSupport

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A source whose scores are a function of texts.
struct FunctionSource: CandidateSource {
    let name: String
    let documents: [String]
    let score: @Sendable (String, String) -> Float

    init(_ name: String = "function", documents: [String], _ score: @escaping @Sendable (String, String) -> Float) {
        self.name = name
        self.documents = documents
        self.score = score
    }

    func search(_ queries: [String], depth: Int, control: MiningControl) throws -> [[ScoredCandidate]] {
        queries.map { query in
            let all = documents.indices.map { ScoredCandidate(document: $0, score: score(query, documents[$0])) }
            return Array(all.sorted { ($0.score, -$0.document) > ($1.score, -$1.document) }.prefix(depth))
        }
    }

    func scores(_ queries: [String], documents: [[Int]], control: MiningControl) throws -> [[Float]] {
        zip(queries, documents).map { query, numbers in numbers.map { score(query, self.documents[$0]) } }
    }
}

/// A teacher whose scores are a function of texts.
struct FunctionTeacher: Teacher {
    let name = "function"
    let score: @Sendable (String, String) -> Float

    init(_ score: @escaping @Sendable (String, String) -> Float) { self.score = score }

    func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float] {
        pairs.map { score($0.query, $0.document) }
    }
}

extension MiningOptions {
    /// Options that differ from the defaults.
    static func with(_ change: (inout MiningOptions) -> Void) -> MiningOptions {
        var options = MiningOptions()
        change(&options)
        return options
    }
}

extension TemporaryFolder {
    /// Writes a file and names its path.
    func file(_ text: String, _ name: String = "file") throws -> String {
        try write(text, to: name)
        return "\(path)/\(name)"
    }
}

/// The text of a file.
func text(ofFile path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

/// The JSON lines that a form makes.
func lines(
    _ mined: MinedNegatives, _ format: MinedFileFormat, withScores: Bool? = nil, withIDs: Bool = true
) throws -> [JSONValue] {
    try TemporaryFolder.with { folder in
        let path = folder.path + "/mined"
        try mined.write(format, to: path, withScores: withScores, withIDs: withIDs)
        return try text(ofFile: path).split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
}

/// What a call throws; nil if it does not.
func miningError(_ body: () throws -> Void) -> MiningError? {
    do { try body() } catch { return error as? MiningError }
    return nil
}
