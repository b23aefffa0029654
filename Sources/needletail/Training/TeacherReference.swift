import Encoders
import ModelFiles
import Teachers

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

extension TeacherReference {
    /// Loads the model, reads the scores, or counts the words.
    ///
    /// - Parameters:
    ///   - kind: what a model is taken for; nil: what its folder says.
    ///   - texts: what teachers that are no model need.
    func teacher(kind: ModelTask?, _ options: EncoderOptions, texts: TeacherTexts) throws -> any Teacher {
        if place == "bm25" { return try BM25Teacher(documents: texts.documents(), analyzer: texts.analyzer) }
        if kind == nil, Self.isScores(place) {
            let (queries, documents) = try texts.byID()
            return try StoredScores(path: place, queries: queries, documents: documents)
        }
        let path = try ModelLocator.path(of: place)
        switch try kind ?? ModelFolder(path: path).task {
        case .crossEncoder: return try CrossEncoderTeacher(path: path, options: options)
        case .dense: return try DenseTeacher(path: path, options: options)
        case .sparse, .sparseQuery: return try SparseTeacher(path: path, options: options)
        }
    }

    private static func isScores(_ path: String) -> Bool {
        let name = path.hasSuffix(".gz") ? String(path.dropLast(3)) : path
        return [".jsonl", ".json", ".tsv"].contains { name.hasSuffix($0) }
            && FileManager.default.fileExists(atPath: path)
    }
}

/// The teachers of a command.
enum TeacherEnsemble {
    /// One teacher as it is, several as an ensemble; nil of none.
    static func teacher(
        _ references: [TeacherReference], kind: ModelTask?, _ options: EncoderOptions, scale: Float = 30,
        texts: TeacherTexts
    ) throws -> (any Teacher)? {
        let teachers = try references.map { try $0.teacher(kind: kind, options, texts: texts) }
        guard teachers.count > 1 else { return teachers.first }
        let weights = references.map { $0.weight ?? 1 }
        return try EnsembleTeacher(teachers, weights: weights, scale: scale)
    }
}
