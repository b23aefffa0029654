public import HTTPTypes

extension APIFault {
    /// The header fields that a fault has in every dialect: `Allow` where the method is wrong, `Retry-After` where waiting helps.
    public var headers: HTTPFields {
        var fields: HTTPFields = [:]
        if case .wrongMethod(let allowed) = kind { fields[.allow] = allowed.joined(separator: ", ") }
        if let retryAfter { fields[.retryAfter] = "\(retryAfter)" }
        return fields
    }
}
