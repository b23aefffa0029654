import JSON
import ModelFiles
import Relevance

/// Scores a file of requests with a teacher, and goes on where an earlier run stopped.
///
/// The result has one line for each request, in their order: `{"query_id"?, "query", "doc_ids"?, "docs", "scores", "teacher"}`, which
/// ``StoredScores`` and other trainers read. Portions are written when all of their scores are there, and are on the disk before the
/// next ones are computed. A second run keeps the complete lines, provided that they are those of the same requests and the same
/// teacher, and cuts off a line that is not complete.
public struct ScoreWriter: Sendable {
    /// How far a run has come.
    public struct Progress: Sendable, Hashable {
        /// Requests whose scores are in the file, those of earlier runs included.
        public internal(set) var requests = 0
        /// Pairs of these requests.
        public internal(set) var pairs = 0
        /// Requests of earlier runs.
        public internal(set) var resumedRequests = 0
        /// Whether the file has all requests.
        public internal(set) var isComplete = false
    }

    /// About how many pairs a portion has; whole requests, at least one.
    public var portionPairs: Int
    /// Asked before each portion; true ends the run with what is complete.
    public var isCancelled: (@Sendable () -> Bool)?
    /// Told after each portion, and once about what earlier runs have left.
    public var onProgress: (@Sendable (Progress) -> Void)?
    private let teacher: any Teacher

    /// A writer.
    public init(
        _ teacher: any Teacher, portionPairs: Int = 512, isCancelled: (@Sendable () -> Bool)? = nil,
        onProgress: (@Sendable (Progress) -> Void)? = nil
    ) {
        precondition(portionPairs >= 1, "a portion has pairs")
        self.teacher = teacher
        self.portionPairs = portionPairs
        self.isCancelled = isCancelled
        self.onProgress = onProgress
    }

    /// Scores requests into a file.
    ///
    /// - Throws: ``TeacherError/Code/mismatch`` if the file has other requests or scores of another teacher; what the teacher and
    ///   the reader throw. The file keeps the portions before.
    public func write(_ requests: consuming ScoringRequestReader, to path: String) throws(TeacherError) -> Progress {
        var progress = Progress()
        let complete = try resume(&requests, path, &progress)
        let file = try AppendedFile(path: path, keeping: complete)
        if progress.requests > 0 { onProgress?(progress) }
        while true {
            if isCancelled?() == true { return progress }
            var portion: [ScoringRequest] = []
            var pairs = 0
            while pairs < portionPairs, let request = try requests.next() {
                portion.append(request)
                pairs += request.documents.count
            }
            if portion.isEmpty { break }
            let scores = try teacher.scores(of: portion.map { ($0.query, $0.documents) })
            try file.append(lines(of: portion, scores: scores))
            progress.requests += portion.count
            progress.pairs += pairs
            onProgress?(progress)
        }
        guard progress.requests > 0 else {
            throw TeacherError(
                .malformedLine, path: requests.path, "the file has no pairs", advice: "Give pairs to score")
        }
        progress.isComplete = true
        return progress
    }

    private func lines(of requests: [ScoringRequest], scores: [[Float]]) throws(TeacherError) -> [UInt8] {
        var writer = JSONWriter()
        for (request, scores) in zip(requests, scores) {
            guard scores.allSatisfy(\.isFinite) else {
                throw TeacherError(
                    .model, "\(teacher.name) has a score that is not finite for the query '\(excerpt(request.query))'",
                    advice: "Check the model's weights, and its precision")
            }
            writer.beginObject()
            if let id = request.queryID {
                writer.key("query_id")
                writer.value(id)
            }
            writer.key("query")
            writer.value(request.query)
            if !request.documentIDs.isEmpty { writer.texts("doc_ids", request.documentIDs) }
            writer.texts("docs", request.documents)
            writer.key("scores")
            writer.array(scores)
            writer.key("teacher")
            writer.value(teacher.name)
            writer.endObject()
            writer.endLine()
        }
        return writer.bytes
    }

    /// Reads past the requests that the file has already.
    ///
    /// - Returns: bytes of the complete lines.
    private func resume(
        _ requests: inout ScoringRequestReader, _ path: String, _ progress: inout Progress
    ) throws(TeacherError) -> Int {
        let file: MappedFile
        do throws(ModelFileError) {
            file = try MappedFile(path: path)
        } catch {
            if error.kind == .notFound { return 0 }
            throw TeacherError(.unreadable, path: path, error.reason, advice: "Name another file to write to")
        }
        var start = 0
        while let line = file.line(from: start) {
            let place = LinePlace(path: path, line: progress.requests + 1)
            progress.pairs += try check(line, place, against: &requests)
            progress.requests += 1
            start += line.count + 1
        }
        progress.resumedRequests = progress.requests
        return start
    }

    /// Throws unless a line of the file answers the next request.
    ///
    /// - Returns: the pairs of the line.
    private func check(
        _ line: [UInt8], _ place: LinePlace, against requests: inout ScoringRequestReader
    ) throws(TeacherError) -> Int {
        let request = try requests.next()
        let (query, documents, teacher): (String, [String], String)
        do throws(RelevanceError) {
            let object = try place.object(line[...])
            query = try place.text("query", of: object)
            documents = try place.texts("docs", of: object)
            teacher = try place.text("teacher", of: object)
        } catch {
            throw TeacherError(error)
        }
        guard let request else {
            throw TeacherError(
                .mismatch, path: place.path, line: place.line, "\(requests.path) has no such request: it ends before",
                advice: "Name another file to write to, or remove this one")
        }
        guard request.query == query, request.documents == documents else {
            throw TeacherError(
                .mismatch, path: place.path, line: place.line,
                "this is not the request of line \(requests.lineNumber) of \(requests.path)",
                advice: "Name another file to write to, or remove this one")
        }
        guard teacher == self.teacher.name else {
            throw TeacherError(
                .mismatch, path: place.path, line: place.line,
                "these are scores of '\(teacher)', not of '\(self.teacher.name)'",
                advice: "Name another file to write to, or remove this one")
        }
        return documents.count
    }
}

extension MappedFile {
    /// The line that begins at an offset, without its end; nil if the rest of the file has no end of a line.
    fileprivate func line(from start: Int) -> [UInt8]? {
        withUnsafeBytes { bytes in
            bytes[start...].firstIndex(of: 0x0A).map { [UInt8](bytes[start..<$0]) }
        }
    }
}

extension JSONWriter {
    /// A member that is a list of texts.
    fileprivate mutating func texts(_ key: String, _ values: [String]) {
        self.key(key)
        beginArray()
        for value in values { self.value(value) }
        endArray()
    }
}
