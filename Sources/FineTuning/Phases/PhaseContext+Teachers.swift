import Encoders
import ModelFiles
import Teachers
import Tensors

extension PhaseContext {
    /// One teacher as it is, several as an ensemble.
    func teacher(_ names: [String], scale: Float, field: String) throws(FineTuningError) -> any Teacher {
        let options = EncoderOptions(pool: pool)
        do {
            let references = names.map { TeacherReference($0) }
            let teachers = try references.map { try teacher($0, options, field) }
            if teachers.count == 1 { return teachers[0] }
            return try EnsembleTeacher(teachers, weights: references.map { $0.weight ?? 1 }, scale: scale)
        } catch {
            throw FineTuningError(error, .model, field: field)
        }
    }

    private func teacher(
        _ reference: TeacherReference, _ options: EncoderOptions, _ field: String
    ) throws -> any Teacher {
        let path = try model(reference.place, field: field)
        switch try ModelFolder(path: path).task {
        case .crossEncoder: return try CrossEncoderTeacher(path: path, options: options)
        case .dense: return try DenseTeacher(path: path, options: options)
        case .sparse, .sparseQuery: return try SparseTeacher(path: path, options: options)
        }
    }
}
