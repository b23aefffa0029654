/// When a change must be visible to searches: the parameter `refresh`.
enum RefreshPolicy: Sendable {
    case none
    case immediate
    case wait

    init(_ request: RestRequest) throws(OpenSearchError) {
        guard request.has("refresh") else {
            self = .none
            return
        }
        switch request.text("refresh") {
        case nil, "true": self = .immediate
        case "false": self = .none
        case "wait_for": self = .wait
        case let other?: throw .illegalArgument("Unknown value for refresh: [\(other)].")
        }
    }
}
