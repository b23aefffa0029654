/// Where the files lie that an ONNX model keeps its large tensors in: beside it, and nowhere else.
///
/// Source: `docs/ExternalData.md` of ONNX.
final class ONNXExternalData {
    // A class, because files are mapped once and handed out to many tensors.

    private let siblings: SiblingFiles?
    private var opened: [String: FileBytes] = [:]
    /// The size of all files that were opened.
    private(set) var byteCount = 0

    init(_ siblings: SiblingFiles?) {
        self.siblings = siblings
    }

    /// The bytes that `location`, `offset` and `length` name.
    func bytes(
        _ entries: [String: String], for tensor: ONNXTensor, in file: FileBytes
    ) throws(ModelFileError) -> FileBytes {
        func fault(_ kind: ModelFileError.Kind, _ reason: String, advice: String) -> ModelFileError {
            file.failure(kind, at: tensor.offset, subject: "tensor \(tensor.name)", reason, advice: advice)
        }
        guard let location = entries["location"] else {
            throw fault(
                .malformed, "its elements are in another file, and the file has no name",
                advice: "The file is damaged: fetch or export it again")
        }
        let data: FileBytes
        if let known = opened[location] {
            data = known
        } else {
            guard let siblings else {
                throw fault(
                    .unsupported, "its elements are in \(location.debugDescription), and only this one file was given",
                    advice: "Open the model by its path or folder")
            }
            let found: FileBytes?
            do throws(ModelFileError) {
                found = try siblings.bytes(location)
            } catch {
                throw fault(
                    error.kind,
                    "its elements are in \(location.debugDescription), which cannot be read: \(error.reason)",
                    advice: "Put the data beside the model, or export it into one file")
            }
            guard let found else {
                throw fault(
                    .missing, "its elements are in \(location.debugDescription), which is not there",
                    advice: "Put that file beside the model, under this name")
            }
            data = found
            opened[location] = data
            byteCount += data.count
        }
        let offset = try number(entries["offset"] ?? "0", "offset", tensor, file)
        let length = try number(entries["length"] ?? String(max(0, data.count - offset)), "length", tensor, file)
        return try data.slice(at: offset, count: length, of: "tensor \(tensor.name)")
    }

    private func number(
        _ text: String, _ what: String, _ tensor: ONNXTensor, _ file: FileBytes
    ) throws(ModelFileError) -> Int {
        guard let value = Int(text), value >= 0 else {
            throw file.malformed(
                at: tensor.offset,
                "the \(what) of the external data of tensor \(tensor.name.debugDescription) is \(text.debugDescription)"
            )
        }
        return value
    }
}
