public import HTTPTypes
import PercentEncoding

/// All routes of a server, and which of them a request means.
///
/// Literal segments win over named ones, and above all where they begin with an underscore: those are operations (`/{index}/_search`), which
/// a name (`/models/{model}`) takes only where nobody else has them. A known path with another method is told apart from an unknown path, with the
/// methods that it has. A slash at the end is forgiven by routes that say so. `HEAD` is answered by `GET`'s route unless it has one of its own.
public struct RouteTable: Sendable {
    /// What a method and a path lead to.
    public enum Match: Sendable {
        /// A route, and the named parts of the path.
        case route(Route, parameters: [String: String])
        /// The path has other methods only; the fault is to be told as `faults` does.
        case wrongMethod(allowed: [HTTPRequest.Method], faults: any FaultRenderer)
        /// No route has that path.
        case none(faults: any FaultRenderer)
    }

    /// All routes, in the order in which they were added.
    public private(set) var routes: [Route] = []
    private var literal: [String: [Int]] = [:]
    private var bySegmentCount: [Int: [Int]] = [:]
    private var prefixes: [(prefix: String, faults: any FaultRenderer)] = []
    private let fallback: any FaultRenderer

    /// An empty table.
    ///
    /// - Parameter fallback: tells of paths that nobody has.
    public init(fallback: any FaultRenderer) {
        self.fallback = fallback
    }

    /// Adds a route.
    ///
    /// - Precondition: no other route has its method and template, or its name.
    public mutating func add(_ route: Route) {
        precondition(
            !routes.contains { $0.name == route.name || ($0.method == route.method && $0.template == route.template) },
            "\(route.method) \(route.template) or the name \(route.name) is taken")
        if route.template.isLiteral { literal[route.template.description, default: []].append(routes.count) }
        bySegmentCount[route.template.segments.count, default: []].append(routes.count)
        routes.append(route)
    }

    /// Adds routes.
    public mutating func add(_ routes: [Route]) {
        for route in routes { add(route) }
    }

    /// Makes unknown paths that begin so fail in a dialect; the longest prefix wins.
    public mutating func setFaults(below prefix: String, _ faults: any FaultRenderer) {
        prefixes.append((prefix, faults))
        prefixes.sort { $0.prefix.utf8.count > $1.prefix.utf8.count }
    }

    /// Finds the route of a request.
    ///
    /// - Parameter path: as sent: percent-encoded, without the query.
    /// - Complexity: O(1) for paths without named parts, else O(routes with as many segments).
    public func match(_ method: HTTPRequest.Method, _ path: String) -> Match {
        let match = exactMatch(method, path)
        guard case .none = match, path.utf8.count > 1, path.utf8.last == UInt8(ascii: "/") else { return match }
        let trimmed = String(path.reversed().drop { $0 == "/" }.reversed())
        switch exactMatch(method, trimmed.isEmpty ? "/" : trimmed) {
        case .route(let route, let parameters) where route.ignoresTrailingSlash:
            return .route(route, parameters: parameters)
        case .wrongMethod(let allowed, let faults) where candidates(trimmed).allSatisfy(\.route.ignoresTrailingSlash):
            return .wrongMethod(allowed: allowed, faults: faults)
        default: return match
        }
    }

    private func exactMatch(_ method: HTTPRequest.Method, _ path: String) -> Match {
        let wantedMethods: [HTTPRequest.Method] = method == .head ? [.head, .get] : [method]
        let exact = (literal[path] ?? []).map { routes[$0] }
        for wanted in wantedMethods {
            if let route = exact.first(where: { $0.method == wanted }) { return .route(route, parameters: [:]) }
        }
        let candidates = candidates(path)
        for wanted in wantedMethods {
            if let found = candidates.first(where: { $0.route.method == wanted }) {
                return .route(found.route, parameters: found.parameters)
            }
        }
        guard let first = candidates.first else {
            let faults = prefixes.first { path.hasPrefix($0.prefix) }?.faults ?? fallback
            return .none(faults: faults)
        }
        var allowed: [HTTPRequest.Method] = []
        for method in candidates.map(\.route.method) where !allowed.contains(method) { allowed.append(method) }
        if allowed.contains(.get), !allowed.contains(.head) { allowed.append(.head) }
        return .wrongMethod(allowed: allowed.sorted { $0.rawValue < $1.rawValue }, faults: first.route.faults)
    }

    /// All routes that fit a path, whatever their methods; those first in which few operations are taken for names, then those with few
    /// named parts: `/models/info` before `/models/{name}`.
    private func candidates(_ path: String) -> [(route: Route, parameters: [String: String])] {
        let parts = path.dropFirst().split(separator: "/", omittingEmptySubsequences: false).map {
            $0.percentDecoded()
        }
        func rank(_ parameters: [String: String]) -> (Int, Int) {
            (parameters.values.count { $0.hasPrefix("_") }, parameters.count)
        }
        return (bySegmentCount[parts.count] ?? []).compactMap { index in
            routes[index].template.match(parts).map { (routes[index], $0) }
        }.sorted { rank($0.1) < rank($1.1) }
    }
}
