import Routing

extension APIRequest {
    /// Refuses a body that is not declared as JSON: `application/json` or `application/*+json`.
    func requireJSON() throws(APIFault) {
        guard let type = mediaType else {
            throw APIFault(.unsupportedMediaType, "There is no Content-Type; send the body as application/json.")
        }
        guard type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json")) else {
            throw APIFault(
                .unsupportedMediaType, "The Content-Type is '\(type)'; send the body as application/json.")
        }
    }
}
