import Encoders
import JSON
import ModelFiles
import TestSupport
import Testing

/// A folder of `Tests/Fixtures/encoders`: a model, texts or pairs, and what the reference made of them.
struct ReferenceFolder {
    let path: String
    private let inputs: JSONValue
    private let expected: WeightArchive

    init(_ name: String, expected: String = "expected") throws {
        path = Fixture.path("encoders/" + name)
        inputs = try JSONValue(parsing: Fixture.bytes("encoders/\(name)/inputs.json"))
        self.expected = try WeightArchive.open("\(path)/\(expected).safetensors")
    }

    func texts(_ field: String = "texts") throws -> [String] {
        try #require(inputs[field]?.array).map { try #require($0.string) }
    }

    func pairs() throws -> [TextPair] {
        try #require(inputs["pairs"]?.array).map { pair in
            TextPair(try #require(pair[0]?.string), try #require(pair[1]?.string))
        }
    }

    /// Pairs whose texts are numbers of texts elsewhere.
    func pairs(of texts: [String]) throws -> [TextPair] {
        try #require(inputs["pairs"]?.array).map { pair in
            let text = { (value: JSONValue?) throws in try value?.string ?? texts[#require(value?.int)] }
            return TextPair(try text(pair[0]), try text(pair[1]))
        }
    }

    var maxSequenceLength: Int? { inputs["max_seq_length"]?.int }

    /// A tensor of the reference as rows.
    func rows(_ name: String) throws -> [[Float]] {
        let tensor = try expected.tensor(name)
        let values = try tensor.floats()
        let width = tensor.shape.dropFirst().reduce(1, *)
        return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<($0 + width)]) }
    }

    func has(_ name: String) -> Bool { expected[name] != nil }

    func names(startingWith prefix: String) -> [String] { expected.names.filter { $0.hasPrefix(prefix) } }

    /// The token ids of the reference, one array for each text.
    func tokenIDs() throws -> [[Int32]] {
        let ids = try expected.tensor("ids").floats().map { Int32($0) }
        var start = 0
        return try expected.tensor("lengths").floats().map { length in
            defer { start += Int(length) }
            return Array(ids[start..<(start + Int(length))])
        }
    }

    func lengths() throws -> [Int] { try expected.tensor("lengths").floats().map { Int($0) } }
}

/// The largest absolute difference; infinite where shapes differ or a value is not finite.
func largestDifference(_ a: [[Float]], _ b: [[Float]]) -> Float {
    guard a.map(\.count) == b.map(\.count) else { return .infinity }
    return zip(a.joined(), b.joined()).reduce(0) { largest, pair in
        let difference = abs(pair.0 - pair.1)
        return difference.isFinite ? max(largest, difference) : .infinity
    }
}

func cosine(_ a: some Collection<Float>, _ b: some Collection<Float>) -> Double {
    let dot = zip(a, b).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
    let norm = { (v: any Collection<Float>) in v.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot() }
    return dot / (norm(a) * norm(b))
}

extension SparseVector {
    /// The vector with its zeros.
    func dense(_ size: Int) -> [Float] {
        var values = [Float](repeating: 0, count: size)
        for (id, weight) in zip(tokenIDs, weights) { values[Int(id)] = weight }
        return values
    }
}
