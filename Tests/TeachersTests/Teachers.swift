import TestSupport
import Teachers

/// A teacher whose score is a function of the texts.
struct FunctionTeacher: Teacher {
    let name: String
    let score: @Sendable (String, String) -> Float

    init(_ name: String = "function", _ score: @escaping @Sendable (String, String) -> Float) {
        self.name = name
        self.score = score
    }

    func scores(_ pairs: [(query: String, document: String)]) throws(TeacherError) -> [Float] {
        pairs.map { score($0.query, $0.document) }
    }
}

/// What a call throws; nil if it does not.
func teacherError(_ body: () throws -> Void) -> TeacherError? {
    do { try body() } catch { return error as? TeacherError }
    return nil
}

extension TemporaryFolder {
    /// Writes a file and names its path.
    func file(_ text: String, _ name: String = "file") throws -> String {
        try write(text, to: name)
        return "\(path)/\(name)"
    }
}
