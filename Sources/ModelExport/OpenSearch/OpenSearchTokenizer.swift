import JSON
import ModelFiles

/// The `tokenizer.json` of an archive: ML Commons has no other place for the length, so it has to cut.
struct OpenSearchTokenizer {
    let bytes: [UInt8]

    init(_ model: ModelFolder, length: Int) throws(ExportError) {
        let path = ModelFolderWriter.join(model.tokenizerFolder, "tokenizer.json")
        let found: JSONValue?
        do throws(ModelFileError) { found = try model.json(path) } catch { throw ExportError(reading: error) }
        guard var object = found?.object else {
            throw ExportError(
                .badSource, path: model.path(of: path), reason: "there is no such file, and ML Commons reads no other",
                advice: "Save the tokenizer with a current version of transformers, which writes it")
        }
        object["truncation"] = [
            "direction": "Right", "max_length": .number(JSONNumber(length)), "strategy": "LongestFirst", "stride": 0,
        ]
        if var padding = object["padding"]?.object {
            // A fixed length would make every short text as long.
            padding["strategy"] = "BatchLongest"
            object["padding"] = .object(padding)
        }
        if model.lowercasesInput {
            let lowercase: JSONValue = ["type": "Lowercase"]
            let rest = object["normalizer"].map { $0.isNull ? [] : [$0] } ?? []
            object["normalizer"] = ["type": "Sequence", "normalizers": .array([lowercase] + rest)]
        }
        bytes = Array(JSONValue.object(object).serialized().utf8)
    }
}
