internal import HTTPTypes
internal import Logging
internal import Routing

/// What the log says of a request when it is over.
struct AccessRecord {
    /// Where the time went.
    struct Phases {
        /// Reading the body.
        var receiving: Duration
        /// Waiting and computing.
        var handling: Duration
        /// Sending the answer.
        var writing: Duration
    }

    let head: RequestHead
    /// Nil if the client went away before its answer.
    let reply: Reply?
    let bytesIn: Int
    let bytesOut: Int
    let duration: Duration
    let phases: Phases

    /// The fields of the line.
    var metadata: Logger.Metadata {
        var fields: Logger.Metadata = [
            "id": "\(head.id)", "method": "\(head.method.rawValue)", "path": "\(head.path)",
            "status": "\(reply?.status.code ?? Self.clientClosedRequest)", "bytes_in": "\(bytesIn)",
            "bytes_out": "\(bytesOut)",
            "duration_ms": "\(Self.milliseconds(duration))", "client": "\(head.client)", "http": "\(head.version)",
        ]
        if !head.routeName.isEmpty { fields["route"] = "\(head.routeName)" }
        if let agent = head.headers[.userAgent] { fields["user_agent"] = "\(agent.prefix(200))" }
        if let trace = head.trace {
            fields["trace_id"] = "\(trace.traceID)"
            fields["span_id"] = "\(trace.spanID)"
            fields["parent_id"] = "\(trace.parentID)"
        }
        if let fault = reply?.fault { fields["fault"] = "\(fault.message.prefix(300))" }
        for (key, value) in reply?.logFields ?? [] { fields[key] = "\(value)" }
        return fields
    }

    /// The fields of a slow request's warning.
    var slowMetadata: Logger.Metadata {
        var fields = metadata
        fields["receiving_ms"] = "\(Self.milliseconds(phases.receiving))"
        fields["handling_ms"] = "\(Self.milliseconds(phases.handling))"
        fields["writing_ms"] = "\(Self.milliseconds(phases.writing))"
        return fields
    }

    /// The status that logs show for clients that did not wait; nginx made it usual.
    static let clientClosedRequest = 499

    /// With three decimals.
    static func milliseconds(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        let fraction = "\(1000 + microseconds % 1000)".dropFirst()
        return "\(microseconds / 1000).\(fraction)"
    }
}
