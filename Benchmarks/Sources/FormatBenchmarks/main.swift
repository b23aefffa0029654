import JSON
import Measuring
import ModelFiles

// JSON over documents and vectors as requests carry them, and weights converted to float32. All inputs are made here.

func documents(count: Int) -> [UInt8] {
    let words = [
        "package", "library", "tools", "für", "server", "python3", "development", "files", "データ", "with",
        "quotes \"x\"", "a",
    ]
    var writer = JSONWriter()
    var state: UInt64 = 1
    func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }
    writer.beginArray()
    for number in 0..<count {
        writer.beginObject()
        writer.key("id")
        writer.value("doc-\(number)")
        writer.key("title")
        writer.value((0..<6).map { _ in words[random(words.count)] }.joined(separator: " "))
        writer.key("text")
        writer.value((0..<60).map { _ in words[random(words.count)] }.joined(separator: " "))
        writer.key("rating")
        writer.value(Double(random(1000)) / 100)
        writer.key("tags")
        writer.beginArray()
        for _ in 0..<4 { writer.value(words[random(words.count)]) }
        writer.endArray()
        writer.key("stock")
        writer.value(random(100_000))
        writer.key("available")
        writer.value(random(2) == 0)
        writer.endObject()
    }
    writer.endArray()
    return writer.bytes
}

func vector(count: Int) -> [Float] {
    (0..<count).map { Float((Double($0 + 1) * 0.618_033_988_749_895).truncatingRemainder(dividingBy: 1) - 0.5) / 8 }
}

let table = MeasurementTable("Formats")

let text = documents(count: 4000)
let parsed = try JSONValue(parsing: text)
table.add(
    try .measure("JSON: parse documents", units: Double(text.count), of: "byte") {
        consume(try JSONValue(parsing: text))
    })
table.add(
    try .measure("JSON: skip documents", units: Double(text.count), of: "byte") {
        try JSONReader.read(text) { (reader) throws(JSONError) in try reader.skipValue() }
    })
table.add(
    .measure("JSON: write documents", units: Double(text.count), of: "byte") { consume(parsed.serializedBytes()) })

let floats = vector(count: 384 * 1000)
var writer = JSONWriter()
writer.array(floats)
let vectors = writer.bytes
table.add(
    try .measure("JSON: read float vectors", units: Double(floats.count), of: "number") {
        consume(try JSONReader.read(vectors) { (reader) throws(JSONError) in try reader.readFloats() })
    })
table.add(
    .measure("JSON: write float vectors", units: Double(floats.count), of: "number") {
        writer.removeAll()
        writer.array(floats)
        consume(writer.bytes.count)
    })
var doubles = JSONWriter()
doubles.array((0..<384_000).map { Double($0 + 1) * 0.618_033_988_749_895 / 1e3 })
let longNumbers = doubles.bytes
table.add(
    try .measure("JSON: read doubles of 16 digits", units: 384_000, of: "number") {
        consume(try JSONReader.read(longNumbers) { (reader) throws(JSONError) in try reader.readDoubles() })
    })

let weights = vector(count: 22_500_000)
for type in [ElementType.f32, .f16, .bf16] {
    var file = SafetensorsWriter()
    file.add("w", shape: [weights.count], weights, as: type)
    let archive = try WeightArchive.open(FileBytes(file.serialized(), path: "memory"))
    let tensor = try archive.tensor("w")
    var destination = [Float](repeating: 0, count: weights.count)
    table.add(
        try .measure("safetensors: \(type.rawValue) to float32", units: Double(weights.count), of: "number") {
            try destination.withUnsafeMutableBufferPointer { try tensor.copyFloats(to: $0) }
        })
    consume(destination)
}
