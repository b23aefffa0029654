import HTTPTypes
import JSON
import Routing

/// `GET /openapi.json` (also where TEI has it, `/api-doc/openapi.json`) and the page `GET /docs`.
struct DocumentationRoutes: Sendable {
    /// The endpoints that the document describes, these here included.
    let endpoints: [Endpoint]
    /// The document.
    let document: JSONValue

    /// The routes to a document about some endpoints and about these routes themselves.
    init(
        describing others: [Endpoint], version: String, asksForKeys: Bool, faults: any FaultRenderer, faultBody: Schema
    ) {
        let tag = "Documentation"
        let json = OperationDescription.Reply(200, "This document.", .object([]))
        func make(_ document: [UInt8]) -> [Endpoint] {
            ["/openapi.json", "/api-doc/openapi.json"].map { (path: PathTemplate) in
                Endpoint(
                    .get, path, name: path == "/openapi.json" ? "openapi" : "openapi.api_doc", access: .open,
                    faults: faults,
                    operation: OperationDescription(
                        tag: tag, summary: "The OpenAPI document of everything that is served.", replies: [json],
                        faultBody: faultBody)
                ) { _ in APIResponse(contentType: "application/json", body: document) }
            } + [
                Endpoint(
                    .get, "/docs", name: "docs", access: .open, faults: faults,
                    operation: OperationDescription(
                        tag: tag, summary: "A page that leads to the OpenAPI document.",
                        replies: [.init(200, "The page.", mediaType: "text/html", .string())], faultBody: faultBody)
                ) { _ in APIResponse(contentType: "text/html; charset=utf-8", body: Array(Self.page.utf8)) }
            ]
        }
        document = OpenAPIDocument(endpoints: others + make([]), version: version, asksForKeys: asksForKeys).json
        var writer = JSONWriter()
        writer.value(document)
        endpoints = make(writer.bytes)
    }

    private static let page = """
        <!doctype html>
        <html lang="en">
        <head><meta charset="utf-8"><title>Needletail</title></head>
        <body>
        <h1>Needletail</h1>
        <p>What this server answers is described in <a href="openapi.json">openapi.json</a> (OpenAPI 3.1).</p>
        </body>
        </html>
        """
}
