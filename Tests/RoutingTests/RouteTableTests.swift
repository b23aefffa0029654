import HTTPTypes
import Routing
import Testing

/// Tells faults as a word, so that tests see whose renderer was asked.
struct NamedFaults: FaultRenderer {
    let name: String
    func response(for fault: APIFault, id: String) -> APIResponse { APIResponse(status: .badRequest, text: name) }
}

@Suite("Route table")
struct RouteTableTests {
    static func table() -> RouteTable {
        var table = RouteTable(fallback: NamedFaults(name: "fallback"))
        func add(_ method: HTTPRequest.Method, _ path: String) {
            table.add(
                Route(method, PathTemplate(path), name: "\(method.rawValue) \(path)", faults: NamedFaults(name: path)) {
                    _ in
                    APIResponse(text: path)
                })
        }
        add(.get, "/")
        add(.post, "/embed")
        add(.get, "/models/info")
        add(.get, "/models/{name}")
        add(.delete, "/models/{name}")
        add(.post, "/models/{name}/{task}")
        table.setFaults(below: "/v1/", NamedFaults(name: "v1"))
        table.setFaults(below: "/v1/x/", NamedFaults(name: "v1/x"))
        return table
    }

    @Test(
        "requests find their routes",
        arguments: [
            ("GET", "/", "GET /"),
            ("POST", "/embed", "POST /embed"),
            ("GET", "/models/info", "GET /models/info"),
            ("GET", "/models/other", "GET /models/{name} name=other"),
            ("GET", "/models/a%2Fb%20%C3%A4", "GET /models/{name} name=a/b ä"),
            ("GET", "/models/%zz%4", "GET /models/{name} name=%zz%4"),
            ("POST", "/models/a/rerank", "POST /models/{name}/{task} name=a task=rerank"),
            ("HEAD", "/models/a", "GET /models/{name} name=a"),
            ("POST", "/%65mbed", "POST /embed"),
            ("GET", "/embed", "only POST"),
            ("PUT", "/models/a", "only DELETE GET HEAD"),
            ("POST", "/embed/", "none fallback"),
            ("GET", "/models/", "none fallback"),
            ("GET", "//", "none fallback"),
            ("GET", "/nothing", "none fallback"),
            ("GET", "/v1/y", "none v1"),
            ("GET", "/v1/x/y", "none v1/x"),
        ])
    func match(method: String, path: String, expected: String) throws {
        #expect(describe(Self.table().match(try #require(HTTPRequest.Method(method)), path)) == expected)
    }

    @Test("a literal route with another method does not hide a named one")
    func literalBesideNamed() {
        #expect(describe(Self.table().match(.delete, "/models/info")) == "DELETE /models/{name} name=info")
    }

    @Test(
        "an operation that begins with an underscore is taken for a name only where nobody has it",
        arguments: [
            ("/models/_search", "POST /{index}/_search index=models"),
            ("/models/_doc/rerank", "POST /{index}/_doc/{id} id=rerank index=models"),
            ("/models/_other", "POST /models/{name} name=_other"),
            ("/models/a/rerank", "POST /models/{name}/rerank name=a"),
        ])
    func operationsBeforeNames(path: String, expected: String) {
        var table = RouteTable(fallback: NamedFaults(name: "fallback"))
        for template in ["/models/{name}", "/models/{name}/rerank", "/{index}/_search", "/{index}/_doc/{id}"] {
            table.add(
                Route(.post, PathTemplate(template), name: "POST \(template)", faults: NamedFaults(name: template)) {
                    _ in APIResponse(text: template)
                })
        }
        #expect(describe(table.match(.post, path)) == expected)
    }
}

@Suite("Query parameters")
struct QueryParametersTests {
    @Test("names and values are decoded, the last of several wins")
    func decoded() {
        let query = QueryParameters("a=1&b=x+y%26&a=2&flag&=none&c=d=e")
        #expect(query["a"] == "2")
        #expect(query["b"] == "x y&")
        #expect(query["flag"] == "")
        #expect(query["c"] == "d=e")
        #expect(query["missing"] == nil)
        #expect(query.items.count == 6)
    }

    @Test("bytes that are not UTF-8 become U+FFFD")
    func invalid() {
        #expect(QueryParameters("a=%ff%C3")["a"] == "\u{FFFD}\u{FFFD}")
    }
}

@Suite("Requests")
struct APIRequestTests {
    @Test(
        "the media type has no parameters and no capitals",
        arguments: [
            ("application/json", "application/json"), ("Application/JSON ; charset=utf-8", "application/json"),
            (" text/plain", "text/plain"),
        ])
    func mediaType(header: String, expected: String) {
        #expect(
            APIRequest(method: .post, path: "/", headers: [.contentType: header]).mediaType == expected)
    }

    @Test("there may be none")
    func noMediaType() {
        #expect(APIRequest(method: .post, path: "/").mediaType == nil)
    }

    @Test func aSlashAtTheEndIsForgivenByRoutesThatSaySo() {
        var table = RouteTable(fallback: NamedFaults(name: "fallback"))
        for (path, isForgiving) in [("/strict", false), ("/mild", true), ("/mild/{name}", true)] {
            table.add(
                Route(
                    .post, PathTemplate(path), name: path, ignoresTrailingSlash: isForgiving,
                    faults: NamedFaults(name: path)
                ) {
                    _ in APIResponse(text: path)
                })
        }
        #expect(describe(table.match(.post, "/strict/")) == "none fallback")
        #expect(describe(table.match(.post, "/mild/")) == "/mild")
        #expect(describe(table.match(.post, "/mild/x//")) == "/mild/{name} name=x")
        #expect(describe(table.match(.get, "/mild/")) == "only POST")
        #expect(describe(table.match(.get, "/strict/")) == "none fallback")
    }

    @Test func aCompleteBodyIsOnePart() async throws {
        let request = APIRequest(method: .post, path: "/", body: [1, 2, 3])
        var parts: [[UInt8]] = []
        for try await part in request.bodyParts { parts.append(part) }
        #expect(parts == [[1, 2, 3]])
        for try await _ in APIRequest(method: .post, path: "/").bodyParts { Issue.record("an empty body has no part") }
    }
}

/// A match in words.
private func describe(_ match: RouteTable.Match) -> String {
    switch match {
    case .route(let route, let parameters):
        let values = parameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
        return values.isEmpty ? route.name : "\(route.name) \(values)"
    case .wrongMethod(let allowed, _): return "only " + allowed.map(\.rawValue).joined(separator: " ")
    case .none(let faults): return "none " + ((faults as? NamedFaults)?.name ?? "")
    }
}
