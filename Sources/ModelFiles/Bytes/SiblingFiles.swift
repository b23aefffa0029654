/// The files beside a weight file, which it may refer to by name: large ONNX models keep their tensors there.
struct SiblingFiles: Sendable {
    /// The model folder or archive.
    let source: ModelSource
    /// The folder of the weight file in there.
    let folder: String

    /// The files beside the file of that name.
    init(of name: String, in source: ModelSource) {
        self.source = source
        folder = name.split(separator: "/").dropLast().joined(separator: "/")
    }

    /// The bytes of a file, nil if there is none; a name that leads out of the folder is an error.
    func bytes(_ name: String) throws(ModelFileError) -> FileBytes? {
        try ModelSource.checkRelative(name, in: source.path)
        return name.isEmpty ? nil : try source.bytes(ModelSource.join(folder, name))
    }
}
