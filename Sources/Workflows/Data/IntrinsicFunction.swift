#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif
import JSON
import RandomNumbers

/// The intrinsic functions of the States Language.
///
/// Source: appendix B of the specification; limits are those that Step Functions documents.
enum IntrinsicFunction: String, Sendable, Hashable, CaseIterable {
    case format = "States.Format"
    case stringToJson = "States.StringToJson"
    case jsonToString = "States.JsonToString"
    case array = "States.Array"
    case arrayPartition = "States.ArrayPartition"
    case arrayContains = "States.ArrayContains"
    case arrayRange = "States.ArrayRange"
    case arrayGetItem = "States.ArrayGetItem"
    case arrayLength = "States.ArrayLength"
    case arrayUnique = "States.ArrayUnique"
    case base64Encode = "States.Base64Encode"
    case base64Decode = "States.Base64Decode"
    case hash = "States.Hash"
    case jsonMerge = "States.JsonMerge"
    case mathRandom = "States.MathRandom"
    case mathAdd = "States.MathAdd"
    case stringSplit = "States.StringSplit"
    case uuid = "States.UUID"

    /// The most characters that are encoded, decoded or hashed.
    static let mostCharacters = 10_000
    /// The most numbers of a range.
    static let longestRange = 1000

    /// How many arguments it takes.
    var counts: ClosedRange<Int> {
        switch self {
        case .format: 1...Int.max - 1
        case .array: 0...Int.max - 1
        case .stringToJson, .jsonToString, .arrayLength, .arrayUnique, .base64Encode, .base64Decode: 1...1
        case .arrayPartition, .arrayContains, .arrayGetItem, .hash, .mathAdd, .stringSplit: 2...2
        case .arrayRange, .jsonMerge: 3...3
        case .mathRandom: 2...3
        case .uuid: 0...0
        }
    }

    /// Whether the result is a text for any arguments that it takes; those that `ErrorPath` and `CausePath` may call.
    var makesText: Bool {
        switch self {
        case .format, .jsonToString, .arrayGetItem, .base64Encode, .base64Decode, .hash, .uuid: true
        default: false
        }
    }

    /// The result of a call, whose number of arguments is right.
    func apply(_ arguments: [JSONValue]) throws(DataFault) -> JSONValue {
        switch self {
        case .format: return .string(try Self.format(arguments))
        case .stringToJson: return try Self.json(try Self.text(arguments[0], most: .max))
        case .jsonToString: return .string(arguments[0].serialized())
        case .array: return .array(arguments)
        case .arrayPartition:
            let elements = try Self.elements(arguments[0])
            let size = try Self.integer(arguments[1])
            guard size > 0 else { throw DataFault("the size of a chunk is positive") }
            return .array(
                stride(from: 0, to: elements.count, by: size).map { start in
                    .array(Array(elements[start..<min(elements.count - start, size) + start]))
                })
        case .arrayContains: return .bool(try Self.elements(arguments[0]).contains(arguments[1]))
        case .arrayRange:
            return try Self.range(
                try Self.integer(arguments[0]), try Self.integer(arguments[1]), by: try Self.integer(arguments[2]))
        case .arrayGetItem:
            let elements = try Self.elements(arguments[0])
            let index = try Self.integer(arguments[1])
            guard elements.indices.contains(index) else {
                throw DataFault("position \(index) is outside of an array of \(elements.count)")
            }
            return elements[index]
        case .arrayLength: return .number(JSONNumber(try Self.elements(arguments[0]).count))
        case .arrayUnique:
            var seen: Set<JSONValue> = []
            return .array(try Self.elements(arguments[0]).filter { seen.insert($0).inserted })
        case .base64Encode: return .string(Data(try Self.text(arguments[0]).utf8).base64EncodedString())
        case .base64Decode:
            guard let bytes = Data(base64Encoded: try Self.text(arguments[0])),
                let text = String(validating: bytes, as: UTF8.self)
            else { throw DataFault("the text is no Base64 of UTF-8") }
            return .string(text)
        case .hash: return .string(try Digest.hexadecimal(Self.hashed(arguments[0]), try Self.text(arguments[1])))
        case .jsonMerge: return try Self.merge(arguments[0], arguments[1], deeply: arguments[2])
        case .mathRandom:
            let (start, end) = (try Self.integer(arguments[0]), try Self.integer(arguments[1]))
            guard start < end else { throw DataFault("the start \(start) is not below the end \(end)") }
            guard arguments.count > 2 else { return .number(JSONNumber(Int.random(in: start..<end))) }
            var generator = SplitMix(seed: UInt64(bitPattern: Int64(try Self.integer(arguments[2]))))
            return .number(JSONNumber(Int.random(in: start..<end, using: &generator)))
        case .mathAdd:
            let (sum, isTooLarge) = try Self.integer(arguments[0]).addingReportingOverflow(
                try Self.integer(arguments[1]))
            guard !isTooLarge else { throw DataFault("the sum does not fit an integer") }
            return .number(JSONNumber(sum))
        case .stringSplit:
            let splitters = Array(try Self.text(arguments[1], most: .max).unicodeScalars)
            return .array(
                try Self.text(arguments[0], most: .max).unicodeScalars.split { splitters.contains($0) }.map {
                    .string(String($0))
                })
        case .uuid:
            var generator = SystemRandomNumberGenerator()
            return .string(Self.uuid(generator.next(), generator.next()))
        }
    }
}
