import HTTPTypes
import JSON
import Routing

/// Holds exchanges to the OpenAPI document: what is answered must be declared, and what is accepted must be allowed.
struct PromisedExchange: Sendable {
    /// The document.
    let document: JSONValue

    /// What an exchange and the document disagree about; empty if nothing.
    func faults(of route: Route, request: APIRequest, response: APIResponse) -> [String] {
        let name = "\(route.method) \(route.template) (\(response.status.code))"
        let check = SchemaCheck(components: document["components"]?["schemas"]?.object ?? JSONObject())
        guard let operation = document["paths"]?[route.template.description]?[route.method.rawValue.lowercased()] else {
            return ["\(name): not in the document"]
        }
        guard let declared = operation["responses"]?[String(response.status.code)] else {
            return ["\(name): the status is not declared"]
        }
        var faults: [String] = []
        let type = response.headers[.contentType].map { String($0.prefix { $0 != ";" }) }
        if let content = declared["content"] {
            if let type, let schema = content[type]?["schema"] {
                let body: JSONValue? =
                    type == "application/json"
                    ? try? JSONValue(parsing: response.body) : .string(String(decoding: response.body, as: UTF8.self))
                if let body { faults += check.faults(body, schema) } else { faults.append("the body is not JSON") }
            } else {
                faults.append("the media type \(type ?? "none") is not declared")
            }
        } else if !response.body.isEmpty {
            faults.append("a body is not declared")
        }
        for header in declared["headers"]?.object ?? JSONObject() {
            guard let field = HTTPField.Name(header.key), response.headers[field] != nil else {
                faults.append("the header \(header.key) is missing")
                continue
            }
        }
        if response.status.kind == .successful,
            let schema = operation["requestBody"]?["content"]?["application/json"]?["schema"]
        {
            if let body = try? JSONValue(parsing: request.body) {
                faults += check.faults(body, schema).map { "accepted against the document: \($0)" }
            } else {
                faults.append("accepted a body that is not JSON")
            }
        }
        return faults.map { "\(name): \($0)" }
    }
}
