import HTTPTypes
import Inference

extension HTTPField.Name {
    static let computeType = HTTPField.Name("x-compute-type")!
    static let computeTime = HTTPField.Name("x-compute-time")!
    static let computeCharacters = HTTPField.Name("x-compute-characters")!
    static let computeTokens = HTTPField.Name("x-compute-tokens")!
    static let totalTime = HTTPField.Name("x-total-time")!
    static let tokenizationTime = HTTPField.Name("x-tokenization-time")!
    static let queueTime = HTTPField.Name("x-queue-time")!
    static let inferenceTime = HTTPField.Name("x-inference-time")!
}

/// The header fields in which TEI tells where the time of a request went.
///
/// Source: `ResponseMetadata` in `router/src/lib.rs`. TEI says `gpu+optimized` on every machine, and the mean of its
/// texts' times; here the type is the truth, and times are those of the request.
struct TEIHeaders {
    static func fields(_ timing: InferenceTiming, characters: Int, since start: ContinuousClock.Instant) -> HTTPFields {
        let total = milliseconds(start.duration(to: .now))
        return [
            .computeType: "cpu+optimized", .computeTime: total, .computeCharacters: String(characters),
            .computeTokens: String(timing.tokenCount), .totalTime: total,
            .tokenizationTime: milliseconds(timing.tokenization), .queueTime: milliseconds(timing.queue),
            .inferenceTime: milliseconds(timing.inference),
        ]
    }

    private static func milliseconds(_ duration: Duration) -> String { String(duration.wholeMilliseconds) }

    /// For the OpenAPI document.
    static let described: [OperationDescription.Header] = [
        .init("x-compute-type", "What computed it.", .choice(["cpu+optimized"])),
        .init("x-compute-time", "The whole time, in milliseconds.", .integer()),
        .init("x-compute-characters", "Unicode scalars of the texts.", .integer()),
        .init("x-compute-tokens", "Tokens that were computed; none for what came from the cache.", .integer()),
        .init("x-total-time", "The whole time, in milliseconds.", .integer()),
        .init("x-tokenization-time", "From text to ids, in milliseconds.", .integer()),
        .init("x-queue-time", "Waiting, in milliseconds.", .integer()),
        .init("x-inference-time", "The network, in milliseconds.", .integer()),
    ]
}
