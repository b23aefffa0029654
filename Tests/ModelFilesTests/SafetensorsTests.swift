import JSON
import ModelFiles
import TestSupport
import Testing

/// Damaged and hostile safetensors files: an error that names file, place and reason.
struct SafetensorsTests {
    private func file(_ header: String, data: Int = 0, announced: UInt64? = nil) -> [UInt8] {
        let length = announced ?? UInt64(header.utf8.count)
        return withUnsafeBytes(of: length.littleEndian) { [UInt8]($0) } + Array(header.utf8)
            + [UInt8](repeating: 1, count: data)
    }

    private func open(_ bytes: [UInt8]) throws(ModelFileError) -> WeightArchive {
        try WeightArchive.open(FileBytes(bytes, path: "model.safetensors"))
    }

    private func entry(_ name: String, _ shape: String, _ begin: String, _ end: String, type: String = "F32") -> String
    {
        "\"\(name)\":{\"dtype\":\"\(type)\",\"shape\":\(shape),\"data_offsets\":[\(begin),\(end)]}"
    }

    @Test func wellFormedFilesAreRead() throws {
        #expect(try open(file("{}")).names == [])
        #expect(try open(file("{}   ")).names == [])
        #expect(try open(file("{\"__metadata__\":{\"a\":\"b\"}}")).metadata == ["a": "b"])
        let two = try open(file("{\(entry("b", "[2]", "4", "12")),\(entry("a", "[]", "0", "4"))}", data: 12))
        #expect(two.names == ["b", "a"])
        #expect(two["b"]?.shape == [2] && two["nothing"] == nil)
        // Two spellings of one letter are two names.
        let accents = try open(file("{\(entry("\u{E9}", "[0]", "0", "0")),\(entry("e\u{301}", "[0]", "0", "0"))}"))
        #expect(accents.names.count == 2)
    }

    @Test func everyPrefixOfAFileIsAnErrorOrReadsNothingBeyondIt() throws {
        let whole = try Fixture.bytes("modelfolders/plain-dense/model.safetensors")
        _ = try open(whole)
        for length in stride(from: 0, to: whole.count, by: 7) {
            #expect(throws: ModelFileError.self) { try open(Array(whole[..<length])) }
        }
        #expect(throws: ModelFileError.self) { try open(whole + [0]) }
    }

    @Test func contradictionsAreRefused() {
        let bad: [(String, [UInt8])] = [
            ("empty", []),
            ("seven bytes", [0, 0, 0, 0, 0, 0, 0]),
            ("header of terabytes", file("{}", announced: 1 << 42)),
            ("header of all bits", file("{}", announced: .max)),
            ("header longer than file", file("{}", announced: 3)),
            ("no header", file("")),
            ("space first", file(" {}")),
            ("array", file("[]")),
            ("not UTF-8", [3, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0xFF, 0x7D]),
            ("rubbish behind the header", file("{}x")),
            ("metadata of numbers", file("{\"__metadata__\":{\"a\":1}}")),
            ("metadata twice", file("{\"__metadata__\":{},\"__metadata__\":{}}")),
            ("nested metadata", file("{\"__metadata__\":{\"a\":{\"b\":{}}}}")),
            ("deep", file(String(repeating: "{\"a\":", count: 1000))),
            ("no dtype", file("{\"a\":{\"shape\":[0],\"data_offsets\":[0,0]}}")),
            ("no shape", file("{\"a\":{\"dtype\":\"F32\",\"data_offsets\":[0,0]}}")),
            ("no offsets", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[0]}}")),
            ("three offsets", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0,0]}}")),
            ("field twice", file("{\"a\":{\"dtype\":\"F32\",\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}")),
            ("unknown field", file("{\"a\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0],\"x\":1}}")),
            ("unknown type", file("{\(entry("a", "[1]", "0", "4", type: "F9"))}", data: 4)),
            ("lower-case type", file("{\(entry("a", "[1]", "0", "4", type: "f32"))}", data: 4)),
            ("size against shape", file("{\(entry("a", "[2]", "0", "4"))}", data: 4)),
            ("beyond the end", file("{\(entry("a", "[2]", "0", "8"))}", data: 4)),
            (
                "far beyond the end",
                file("{\(entry("a", "[2]", "9223372036854775799", "9223372036854775807"))}", data: 4)
            ),
            ("backwards", file("{\(entry("a", "[1]", "4", "0"))}", data: 4)),
            ("negative", file("{\(entry("a", "[1]", "-4", "0"))}", data: 4)),
            ("negative size", file("{\(entry("a", "[-1]", "0", "4"))}", data: 4)),
            ("fraction", file("{\(entry("a", "[1.5]", "0", "4"))}", data: 4)),
            ("shape overflows", file("{\(entry("a", "[4294967296,4294967296,4]", "0", "4"))}", data: 4)),
            ("bytes overflow", file("{\(entry("a", "[4611686018427387904]", "0", "0"))}")),
            ("beyond 64 bits", file("{\(entry("a", "[18446744073709551616]", "0", "0"))}")),
            ("overlap", file("{\(entry("a", "[2]", "0", "8")),\(entry("b", "[1]", "4", "8"))}", data: 8)),
            ("same place", file("{\(entry("a", "[1]", "0", "4")),\(entry("b", "[1]", "0", "4"))}", data: 4)),
            ("hole", file("{\(entry("a", "[1]", "0", "4")),\(entry("b", "[1]", "8", "12"))}", data: 12)),
            ("hole in front", file("{\(entry("a", "[1]", "4", "8"))}", data: 8)),
            ("bytes behind", file("{\(entry("a", "[1]", "0", "4"))}", data: 5)),
            ("name twice", file("{\(entry("a", "[0]", "0", "0")),\(entry("a", "[0]", "0", "0"))}")),
        ]
        for (what, bytes) in bad {
            #expect(throws: ModelFileError.self, "\(what)") { try open(bytes) }
        }
    }

    @Test func errorsNameFilePlaceAndTensor() throws {
        do throws(ModelFileError) {
            _ = try open(file("{\(entry("w", "[2]", "0", "4"))}", data: 4))
            Issue.record("no error")
        } catch {
            #expect(error.kind == .malformed && error.subject == "tensor w" && error.offset != nil)
            #expect(error.description.hasPrefix("model.safetensors, byte "))
            #expect(error.description.contains("takes 8 bytes, and 4 are given"))
        }
        do throws(ModelFileError) {
            _ = try open(file("{\"a\":nul}"))
            Issue.record("no error")
        } catch {
            #expect(error.offset == 8 + 5)
        }
    }

    @Test func misalignedTensorsAreRead() throws {
        // A header of 1 modulo 8 bytes puts every tensor at an odd place.
        var header = "{\(entry("a", "[2]", "0", "8"))}"
        while (header.utf8.count + 8) % 8 != 1 { header += " " }
        let bytes = file(header) + [0, 0, 0x80, 0x3F, 0, 0, 0, 0x40]
        #expect(try open(bytes).tensor("a").floats() == [1, 2])
    }

    @Test func scalesThatDoNotFitAreTensorsOfTheirOwn() throws {
        let archive = try open(
            file("{\(entry("w", "[2,2]", "0", "4", type: "I8")),\(entry("w_scale", "[3]", "4", "16"))}", data: 16))
        #expect(archive.names == ["w", "w_scale"] && archive["w"]?.rowScales == nil)
    }
}
