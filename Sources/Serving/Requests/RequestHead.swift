internal import HTTPTypes
internal import NIOHTTP1
internal import Routing

/// What is known of a request when its header fields are complete.
struct RequestHead: Sendable {
    /// The method.
    let method: HTTPRequest.Method
    /// The path as sent, without the query.
    let path: String
    /// Behind the question mark, as sent.
    let query: String
    /// Header fields.
    let headers: HTTPFields
    /// `1.0`, `1.1` or `2`.
    let version: String
    /// The request's id.
    let id: String
    /// The trace that it belongs to.
    let trace: TraceParent?
    /// The client's address.
    let client: String
    /// When the head was complete.
    let received: ContinuousClock.Instant
    /// What the route table says.
    let match: RouteTable.Match

    init(_ head: HTTPRequestHead, routes: RouteTable, version: String, client: String) {
        method = HTTPRequest.Method(rawValue: head.method.rawValue) ?? .get
        let target = Self.originForm(head.uri)
        let mark = target.firstIndex(of: "?")
        path = String(target[..<(mark ?? target.endIndex)])
        query = mark.map { String(target[target.index(after: $0)...]) } ?? ""
        var fields = HTTPFields()
        for (name, value) in head.headers {
            if let name = HTTPField.Name(name) { fields.append(HTTPField(name: name, value: value)) }
        }
        headers = fields
        id = RequestID.of(fields)
        trace = fields[Self.traceParent].flatMap(TraceParent.init)
        self.version = version
        self.client = client
        received = .now
        match = routes.match(method, path)
    }

    static let traceParent = HTTPField.Name("traceparent")!

    /// The route's name; empty if no route answers.
    var routeName: String { if case .route(let route, _) = match { route.name } else { "" } }

    /// Whose words faults are told in.
    var faults: any FaultRenderer {
        switch match {
        case .route(let route, _): route.faults
        case .wrongMethod(_, let faults), .none(let faults): faults
        }
    }

    /// What a fault's words may repeat.
    var faulted: FaultedRequest {
        FaultedRequest(method: method, path: path, query: query, headers: headers, id: id)
    }

    /// Whether the handler reads the body while it arrives.
    var isStreamed: Bool { if case .route(let route, _) = match { route.bodyDelivery == .streamed } else { false } }

    /// The number in `Content-Length`; nil without one.
    var contentLength: Int? { headers[.contentLength].flatMap { Int($0) } }

    /// Whether the client waits for `100 Continue` before it sends the body.
    var expectsContinue: Bool { headers[.expect]?.lowercased() == "100-continue" }

    /// Proxies get `http://host/path`; what a server serves is the path (RFC 9112, 3.2.2).
    private static func originForm(_ target: String) -> Substring {
        guard !target.hasPrefix("/"), let scheme = target.range(of: "://") else { return target[...] }
        let rest = target[scheme.upperBound...]
        return rest.firstIndex(of: "/").map { rest[$0...] } ?? "/"
    }
}

extension String {
    /// Where a text occurs first.
    fileprivate func range(of text: String) -> Range<Index>? { firstRange(of: text) }
}
