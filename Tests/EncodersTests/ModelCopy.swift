import JSON
import ModelFiles
import TestSupport
import Testing

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// A fixture's model folder in a temporary place, to be changed; removed with this object.
final class ModelCopy {
    let path: String

    init(_ name: String) throws {
        path = FileManager.default.temporaryDirectory.path + "/needletail-encoders-\(UUID().uuidString)"
        try FileManager.default.copyItem(atPath: Fixture.path("encoders/models/" + name), toPath: path)
    }

    /// A copy whose `config.json` is another.
    convenience init(_ name: String, configuration change: (inout [String: JSONValue]) -> Void) throws {
        try self.init(name)
        let document = try JSONValue(parsing: [UInt8](try Data(contentsOf: URL(filePath: path + "/config.json"))))
        var fields: [String: JSONValue] = [:]
        for (key, value) in try #require(document.object) { fields[key] = value }
        change(&fields)
        let text = JSONValue.object(JSONObject(fields.map { (key: $0.key, value: $0.value) })).serialized()
        try Data(text.utf8).write(to: URL(filePath: path + "/config.json"))
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// Writes the weights anew: `change` may alter the values of a tensor and gives its new name, nil to leave it out.
    ///
    /// - Parameters:
    ///   - copying: the end of the name of a tensor that is also written as `copy`, multiplied by `factor`.
    func rewriteWeights(
        copying suffix: String? = nil, to copy: String = "", times factor: Float = 1,
        _ change: (String, inout [Float]) -> String?
    ) throws {
        var writer = SafetensorsWriter()
        for tensor in try WeightArchive.open(path + "/model.safetensors").tensors {
            var values = try tensor.floats()
            if tensor.name == copy { continue }
            if let suffix, tensor.name.hasSuffix(suffix) {
                writer.add(copy, shape: tensor.shape, values.map { $0 * factor })
            }
            guard let name = change(tensor.name, &values) else { continue }
            writer.add(name, shape: tensor.shape, values)
        }
        try remove("model.safetensors")
        try writer.write(to: path + "/model.safetensors")
    }

    /// Puts other bytes in the place of the weights.
    func overwriteWeights(with bytes: [UInt8]) throws {
        try Data(bytes).write(to: URL(filePath: path + "/model.safetensors"))
    }

    func remove(_ file: String) throws {
        try FileManager.default.removeItem(atPath: path + "/" + file)
    }

    /// Puts a file of the fixtures into the folder.
    func add(_ fixture: String, as name: String) throws {
        try FileManager.default.copyItem(atPath: Fixture.path("encoders/" + fixture), toPath: path + "/" + name)
    }
}
