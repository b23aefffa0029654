import Foundation
import JSON
import TestSupport
import Testing

/// `needletail models quantize`.
@Suite struct QuantizeTests {
    private static let model = Fixture.path("encoders/models/bert-cross")

    @Test func aFolderIsMadeWholeAndUsed() throws {
        try TemporaryFolder.with { folder in
            let out = folder.path + "/out"
            let arguments = ["models", "quantize", Self.model, out, "--min-spearman", "0", "--format", "jsonl"]
            let made = try Program.run(arguments)
            #expect(made.status == 0 && made.errors.isEmpty, "\(made.errors)")
            let record = try JSONValue(parsing: made.output)
            #expect(record["folder"]?.string == out && record["passes"]?.bool == true)
            #expect(record["quality"]?["networks"]?.array?.count == 3)
            #expect(record["sample"]?["held_out"]?.int == 16)
            let names = Set(try FileManager.default.contentsOfDirectory(atPath: out))
            #expect(names.isSuperset(of: try FileManager.default.contentsOfDirectory(atPath: Self.model)))
            #expect(names.isSuperset(of: ["needletail.int8.safetensors", "needletail.quantization.json"]))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])

            let inspected = try Program.run(["models", "inspect", out])
            #expect(inspected.status == 0 && inspected.output.contains("int8, quality passes"), "\(inspected.output)")
            #expect(inspected.output.contains("auto, here"), "\(inspected.output)")
            let request = #"{"query":"a","texts":["b"]}"#
            let used = try Program.run(
                [
                    "bench", "rerank", "--model", out, "--precision", "int8", "--pairs", "-", "--runs", "1",
                    "--seconds", "0", "--json",
                ],
                input: #"{"query":"a","text":"b"}"# + "\n")
            #expect(try JSONValue(parsing: used.output)["precision"]?.string == "int8", "\(used.output) \(used.errors)")
            #expect(
                try JSONValue(parsing: used.output)["precision_reason"]?.string
                    == "asked for; quantised weights of the folder")
            let exact = try Program.run(["rerank", "--model", out, "--precision", "fp32"], input: request)
            let original = try Program.run(["rerank", "--model", Self.model, "--precision", "fp32"], input: request)
            #expect(
                try JSONValue(parsing: exact.output)["results"] == JSONValue(parsing: original.output)["results"])

            let again = try Program.run(arguments)
            #expect(again.status == 74 && again.errors.contains("--force"), "\(again.errors)")
            #expect(try Program.run(arguments + ["--force"]).status == 0)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["out"])

            // One byte of the packed file.
            let packed = URL(filePath: out + "/needletail.int8.safetensors")
            var bytes = try Data(contentsOf: packed)
            bytes[bytes.count - 2000] ^= 1
            try bytes.write(to: packed)
            let damaged = try Program.run(["models", "inspect", out])
            #expect(damaged.status == 65 && damaged.output.contains("models quantize"), "\(damaged.output)")
        }
    }

    @Test func aSmallFolderHoldsRowsInsteadOfTheWeights() throws {
        try TemporaryFolder.with { folder in
            let out = folder.path + "/out"
            let arguments = [
                "models", "quantize", Self.model, out, "--small", "--min-spearman", "0", "--format", "jsonl",
            ]
            let made = try Program.run(arguments)
            #expect(made.status == 0 && made.errors.isEmpty, "\(made.errors)")
            #expect(try JSONValue(parsing: made.output)["packed"] == nil)
            let names = Set(try FileManager.default.contentsOfDirectory(atPath: out))
            let originals = Set(try FileManager.default.contentsOfDirectory(atPath: Self.model))
            // Beside the weights of the network, no other tensors are copied.
            #expect(
                names == originals.subtracting(["expected.safetensors"]).union(["needletail.quantization.json"]))
            func size(_ path: String) throws -> Int { try Data(contentsOf: URL(filePath: path)).count }
            #expect(try size(out + "/model.safetensors") < size(Self.model + "/model.safetensors"))
            let inspected = try Program.run(["models", "inspect", out])
            #expect(inspected.status == 0 && inspected.output.contains("int8, quality passes"), "\(inspected.output)")
            let used = try Program.run(
                ["rerank", "--model", out, "--precision", "int8"], input: #"{"query":"a","texts":["b"]}"#)
            #expect(used.status == 0, "\(used.errors)")
            #expect(try Program.run(arguments + ["--force"]).status == 0)
        }
    }

    @Test func whatCannotBeDoneLeavesNothingBehind() throws {
        try TemporaryFolder.with { folder in
            try folder.write("x", to: "full/notes.txt")
            try folder.write("one\ntwo\n", to: "few.txt")
            try folder.write(String(repeating: "{\"query\":\"q\"}\n", count: 9), to: "broken.jsonl")
            func expect(_ status: Int32, _ words: String, _ arguments: [String]) throws {
                let result = try Program.run(["models", "quantize"] + arguments)
                #expect(result.status == status && result.errors.contains(words), "\(result.status) \(result.errors)")
            }
            let out = folder.path + "/out"
            try expect(74, "is not empty", [Self.model, folder.path + "/full"])
            try expect(74, "holds no quantised model", [Self.model, folder.path + "/full", "--force"])
            try expect(64, "this is the model itself", [Self.model, Self.model])
            try expect(74, "is a file", [Self.model, folder.path + "/few.txt"])
            try expect(74, "Give another folder", [Self.model, folder.path + "/few.txt/out"])
            try expect(66, "no-such", [Self.model, out, "--calibrate", folder.path + "/no-such"])
            try expect(
                64, "quantisation needs 32 at least", [Self.model, out, "--calibrate", folder.path + "/few.txt"])
            try expect(
                65, "line 1: field 'text' must be a string",
                [
                    Self.model, out, "--calibrate", folder.path + "/broken.jsonl",
                ])
            try expect(64, "--samples", [Self.model, out, "--samples", "31"])
            try expect(64, "--min-cosine", [Self.model, out, "--min-cosine", "2"])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                    == ["broken.jsonl", "few.txt", "full"])
        }
    }

    @Test func placesThatCannotBeCopied() throws {
        try TemporaryFolder.with { folder in
            let manager = FileManager.default
            let model = folder.path + "/model"
            try manager.copyItem(atPath: Self.model, toPath: model)
            func expect(_ status: Int32, _ words: String, _ out: String) throws {
                let result = try Program.run(["models", "quantize", model, out])
                #expect(result.status == status && result.errors.contains(words), "\(result.status) \(result.errors)")
            }
            func link(_ name: String, to place: String) throws {
                try manager.createSymbolicLink(atPath: folder.path + "/" + name, withDestinationPath: place)
            }
            let names = try manager.contentsOfDirectory(atPath: model).sorted()
            try expect(64, "lies inside the model", model + "/out")
            try expect(64, "lies inside the model", model + "/deep/out")
            try link("other", to: "model")
            try expect(64, "lies inside the model", folder.path + "/other/out")
            try expect(64, "this is the model itself", folder.path + "/other")
            try expect(64, "this is the model itself, or holds it", folder.path)
            #expect(try manager.contentsOfDirectory(atPath: model).sorted() == names)

            try link("model/again", to: ".")
            try expect(65, "model/again: is a link to a folder", folder.path + "/out")
            try manager.removeItem(atPath: model + "/again")
            try link("model/lost.txt", to: "nowhere")
            try expect(65, "model/lost.txt: is a link to nothing", folder.path + "/out")
            try manager.removeItem(atPath: model + "/lost.txt")
            #expect(try manager.contentsOfDirectory(atPath: folder.path).sorted() == ["model", "other"])

            // Links to files become files, as in the cache of a hub; a name like that of a copy is left alone.
            try manager.moveItem(atPath: model + "/model.safetensors", toPath: folder.path + "/blob")
            try link("model/model.safetensors", to: "../blob")
            try manager.createDirectory(atPath: folder.path + "/out.part", withIntermediateDirectories: false)
            let made = try Program.run(["models", "quantize", model, folder.path + "/new/out"])
            #expect(made.status == 0, "\(made.errors)")
            let copied = try manager.attributesOfItem(atPath: folder.path + "/new/out/model.safetensors")
            #expect(copied[.type] as? FileAttributeType == .typeRegular)
            #expect(try manager.contentsOfDirectory(atPath: folder.path + "/new") == ["out"])
            #expect(manager.fileExists(atPath: folder.path + "/out.part"))
        }
    }

    @Test func unusableModelsAreRefusedBeforeAnythingIsCopied() throws {
        try TemporaryFolder.with { folder in
            let manager = FileManager.default
            let model = folder.path + "/model"
            try manager.copyItem(atPath: Self.model, toPath: model)
            let place = URL(filePath: model + "/model.safetensors")
            var bytes = try Data(contentsOf: place)
            bytes.replaceSubrange(bytes.count - 400..<bytes.count, with: [UInt8](repeating: 0xFF, count: 400))
            try bytes.write(to: place)
            let configuration = URL(filePath: model + "/config.json")
            let text = try String(contentsOf: configuration, encoding: .utf8)
            for foreign in [false, true] {
                if foreign {
                    try Data(text.replacingOccurrences(of: "\"bert\"", with: "\"gpt2\"").utf8).write(to: configuration)
                }
                let result = try Program.run(["models", "quantize", model, folder.path + "/out"])
                #expect(result.status == (foreign ? 65 : 1), "\(result.status) \(result.errors)")
                #expect(result.errors.contains(model + "/"), "\(result.errors)")
                #expect(try manager.contentsOfDirectory(atPath: folder.path) == ["model"])
            }
        }
    }

    @Test func aSampleIsSpreadOverTheTextsOfTheFile() throws {
        try TemporaryFolder.with { (folder) throws in
            func sizes(_ lines: [String], _ more: [String] = []) throws -> [Int?] {
                try folder.write(lines.joined(separator: "\n"), to: "texts")
                let result = try Program.run(
                    [
                        "models", "quantize", Self.model, folder.path + "/out", "--force", "--format", "jsonl",
                        "--calibrate", folder.path + "/texts",
                    ] + more)
                #expect(result.status == 0, "\(result.errors)")
                let sample = try JSONValue(parsing: result.output)["sample"]
                return [sample?["calibration"]?.int, sample?["held_out"]?.int]
            }
            let texts = (0..<40).map { "text number \($0)" }
            #expect(try sizes(texts) == [30, 10])
            // Nine blank lines of ten: none takes the place of a text.
            let sparse = texts.flatMap { [$0] + Array(repeating: " ", count: 9) }
            #expect(try sizes(sparse, ["--samples", "36"]) == [27, 9])
            #expect(try sizes((0..<300).map { "text number \($0)" }, ["--samples", "64"]) == [48, 16])
            let pairs = texts.map { #"{"query":"q","text":"\#($0)"}"# } + [#"{"text":" "}"#]
            #expect(try sizes(pairs) == [30, 10])
        }
    }
}
