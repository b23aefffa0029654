public import Routing

/// What the OpenAPI document says about one route, apart from what the route itself tells (method, path, name, access).
public struct OperationDescription: Sendable {
    /// The heading that it stands under: a dialect's name.
    public var tag: String
    /// What it does, in one line.
    public var summary: String
    /// What there is to know beyond the summary; may be empty.
    public var details: String
    /// Parameters in the path, the query and the header.
    ///
    /// Those of the path that are not described here are strings.
    public var parameters: [Parameter]
    /// The JSON body of the request; nil for none.
    public var request: Schema?
    /// What is answered when all goes well.
    public var replies: [Reply]
    /// What can go wrong beyond what can go wrong with every request, every JSON body and every keyed route.
    ///
    /// Statuses and media types come from the route's fault renderer.
    public var faults: [APIFault.Kind]
    /// The body of faults that are told as JSON.
    public var faultBody: Schema?

    /// A description.
    public init(
        tag: String, summary: String, details: String = "", parameters: [Parameter] = [], request: Schema? = nil,
        replies: [Reply], faults: [APIFault.Kind] = [], faultBody: Schema? = nil
    ) {
        self.tag = tag
        self.summary = summary
        self.details = details
        self.parameters = parameters
        self.request = request
        self.replies = replies
        self.faults = faults
        self.faultBody = faultBody
    }

    /// A parameter outside of the body.
    public struct Parameter: Sendable, Hashable {
        /// Where a parameter stands.
        public enum Place: String, Sendable, Hashable {
            /// A named part of the path.
            case path
            /// Behind the question mark.
            case query
            /// A header field.
            case header
        }

        /// Where it stands.
        public var place: Place
        /// Its name.
        public var name: String
        /// What it means.
        public var description: String
        /// What it may be.
        public var schema: Schema

        /// A parameter; those of the path are required, the others are not.
        public init(_ place: Place, _ name: String, _ description: String, _ schema: Schema = .string()) {
            self.place = place
            self.name = name
            self.description = description
            self.schema = schema
        }
    }

    /// A successful reply.
    public struct Reply: Sendable, Hashable {
        /// The status.
        public var status: Int
        /// What it means.
        public var description: String
        /// The media type of the body; nil for an empty body.
        public var mediaType: String?
        /// The body.
        public var schema: Schema?
        /// Header fields that it carries.
        public var headers: [Header]

        /// A reply.
        public init(
            _ status: Int = 200, _ description: String, mediaType: String? = "application/json",
            _ schema: Schema? = nil, headers: [Header] = []
        ) {
            self.status = status
            self.description = description
            self.mediaType = mediaType
            self.schema = schema
            self.headers = headers
        }
    }

    /// A header field of a reply.
    public struct Header: Sendable, Hashable {
        /// Its name in lower case.
        public var name: String
        /// What it means, with the unit.
        public var description: String
        /// What it may be.
        public var schema: Schema

        /// A header field.
        public init(_ name: String, _ description: String, _ schema: Schema = .string()) {
            self.name = name
            self.description = description
            self.schema = schema
        }
    }
}
