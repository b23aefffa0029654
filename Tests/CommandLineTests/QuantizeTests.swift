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
            let request = #"{"query":"a","texts":["b"]}"#
            let used = try Program.run(
                ["bench", "rerank", "--model", out, "--pairs", "-", "--runs", "1", "--seconds", "0", "--json"],
                input: #"{"query":"a","text":"b"}"# + "\n")
            #expect(try JSONValue(parsing: used.output)["precision"]?.string == "int8", "\(used.output) \(used.errors)")
            #expect(try JSONValue(parsing: used.output)["precision_reason"]?.string == "recorded quality passes")
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
            try expect(66, "no-such", [Self.model, out, "--calibrate", folder.path + "/no-such"])
            try expect(64, "quantisation needs 8 at least", [Self.model, out, "--calibrate", folder.path + "/few.txt"])
            try expect(
                65, "line 1: field 'text' must be a string",
                [
                    Self.model, out, "--calibrate", folder.path + "/broken.jsonl",
                ])
            try expect(64, "--samples", [Self.model, out, "--samples", "7"])
            try expect(64, "--min-cosine", [Self.model, out, "--min-cosine", "2"])
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
                    == ["broken.jsonl", "few.txt", "full"])
        }
    }
}
