import HTTPTypes
import Inference
import InferenceAPI
import JSON
import Routing
import Testing

@Suite("OpenAPI document")
struct OpenAPIDocumentTests {
    static let routes = InferenceRoutes(engine: InferenceEngine(), version: "1.2.3")

    /// An operation of the document with its route.
    static func operation(_ route: Route) -> JSONValue? {
        routes.document["paths"]?[route.template.description]?[route.method.rawValue.lowercased()]
    }

    @Test func everyRouteHasAnOperationAndEveryOperationARoute() {
        for route in Self.routes.all {
            #expect(Self.operation(route)?["operationId"]?.string == route.name, "\(route.method) \(route.template)")
        }
        let operations = Self.routes.document["paths"]?.object?.reduce(0) { $0 + ($1.value.object?.count ?? 0) }
        #expect(operations == Self.routes.all.count)
    }

    @Test func operationsHaveRequestsRepliesAndFaults() {
        for route in Self.routes.all {
            let operation = Self.operation(route)
            if route.method == .post {
                #expect(operation?["requestBody"]?["content"]?["application/json"]?["schema"] != nil, "\(route.name)")
            }
            let responses = operation?["responses"]?.object ?? JSONObject()
            #expect(responses.contains { $0.key.hasPrefix("2") }, "\(route.name)")
            for status in ["405", "500"] + (route.method == .post ? ["400", "413"] : []) {
                let schema = responses[status]?["content"]?.object?.first { _ in true }?.value["schema"]
                #expect(schema?.object?.isEmpty == false, "\(route.name) \(status)")
            }
            for response in responses {
                for content in response.value["content"]?.object ?? JSONObject() {
                    #expect(content.value["schema"]?.object?.isEmpty == false, "\(route.name) \(response.key)")
                }
            }
        }
    }

    @Test func everyReferenceLeadsSomewhere() {
        let schemas = Self.routes.document["components"]?["schemas"]?.object ?? JSONObject()
        var references: Set<String> = []
        func walk(_ value: JSONValue) {
            switch value {
            case .object(let object):
                if let reference = object["$ref"]?.string { references.insert(reference) }
                for member in object { walk(member.value) }
            case .array(let elements): for element in elements { walk(element) }
            default: break
            }
        }
        walk(Self.routes.document)
        #expect(references.count > 20)
        #expect(Set(schemas.map { "#/components/schemas/\($0.key)" }) == references)
    }

    @Test func keysAreOnlyMentionedWhereTheServerAsksForThem() {
        func operation(_ document: JSONValue, _ path: String, _ method: String) -> JSONValue? {
            document["paths"]?[path]?[method]
        }
        let open = Self.routes.document
        #expect(operation(open, "/rerank", "post")?["security"] == nil)
        #expect(operation(open, "/rerank", "post")?["responses"]?["401"] == nil)
        let keyed = InferenceRoutes(engine: InferenceEngine(), asksForKeys: true).document
        #expect(operation(keyed, "/rerank", "post")?["security"] == [["bearer": []]])
        #expect(operation(keyed, "/rerank", "post")?["responses"]?["401"] != nil)
        #expect(operation(keyed, "/health", "get")?["security"] == [])
        #expect(keyed["components"]?["securitySchemes"]?["bearer"]?["scheme"] == "bearer")
    }

    @Test func routesFromOutsideAreDescribedToo() {
        let other = Endpoint(
            .get, "/metrics", name: "metrics", access: .open, faults: TEIFaults(),
            operation: OperationDescription(
                tag: "Operations", summary: "Time series.",
                replies: [.init(200, "Prometheus' text.", mediaType: "text/plain", .string())])
        ) { _ in APIResponse(text: "") }
        let routes = InferenceRoutes(engine: InferenceEngine(), others: [other])
        let operation = routes.document["paths"]?["/metrics"]?["get"]
        #expect(operation?["operationId"] == "metrics")
        #expect(operation?["responses"]?["200"]?["content"]?["text/plain"]?["schema"]?["type"] == "string")
        #expect(!routes.all.contains { $0.name == "metrics" })
    }

    @Test(arguments: ["/openapi.json", "/api-doc/openapi.json"])
    func theDocumentIsServed(path: String) async throws {
        let route = try #require(Self.routes.all.first { $0.template.description == path })
        let response = try await route.handler(APIRequest(method: .get, path: path))
        #expect(response.headers[.contentType] == "application/json")
        #expect(try JSONValue(parsing: response.body) == Self.routes.document)
        #expect(Self.routes.document["openapi"] == "3.1.0")
        #expect(Self.routes.document["info"]?["version"] == "1.2.3")
    }

    @Test func thePageLeadsToTheDocumentAndLoadsNothing() async throws {
        let client = APIClient(InferenceEngine())
        let reply = try await client.get("/docs")
        let page = String(decoding: reply.body, as: UTF8.self)
        #expect(page.contains("openapi.json"))
        #expect(!page.contains("<script") && !page.contains("http"))
    }
}
