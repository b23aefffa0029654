public import JSON
public import QueryGeneration

/// Where the queries come from that a model is trained and judged with.
public struct QuerySettings: ParameterSection {
    /// Who writes them.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// The program itself: titles, telling spans and crops of documents.
        case embedded
        /// A file of queries with the documents that answer them.
        case file
        /// A language model behind an endpoint that speaks OpenAI's dialect.
        case endpoint
        /// A batch in OpenAI's form.
        case openAIBatch = "openai-batch"
        /// A batch in Bedrock's form.
        case bedrockBatch = "bedrock-batch"
    }

    /// What searches for a query's document to see whether it can be found.
    public enum Search: String, Sendable, Hashable, CaseIterable {
        /// By words.
        case words
        /// By the base model.
        case base
    }

    /// Who writes the queries.
    public var source = Source.embedded
    /// The file of queries, for the source `file`: JSON lines with `query` and `doc_id`.
    public var path: String?
    /// Embedded: whether titles become queries.
    public var makesTitles = true
    /// Embedded: spans, crops and queries of a few words of each document.
    public var draws = 1
    /// Embedded: the part of the draws that are spans.
    public var spanShare = 0.6
    /// Embedded: the part of the draws that are a few telling words; the others are crops.
    public var wordShare = 0.0
    /// A query is kept if its document is found among so many; nil keeps all.
    public var roundTrip: Int? = 20
    /// What searches for it.
    public var roundTripSearch = [Search.words]
    /// Queries at most, drawn of all that were kept; nil keeps all.
    public var maximum: Int?
    /// Language models: queries of each document.
    public var perDocument = 2
    /// Language models: their kinds, as `factoid`, `conceptual`, `keyword`.
    public var types = [GeneratedQuery.QueryType.factoid, .conceptual]
    /// Language models: queries as users ask them.
    public var examples: [String] = []
    /// Language models: the language of the queries; nil is that of the document.
    public var language: String?
    /// Language models: further instructions.
    public var instructions: String?
    /// Language models: characters of a document that are shown.
    public var documentCharacters = 1_500
    /// Language models: the model's id.
    public var model: String?
    /// Language models: the address of the endpoint.
    public var endpoint: String?
    /// Language models: tokens of an answer at most.
    public var maximumTokens = 512
    /// Language models: how freely they choose their words; nil leaves it to them.
    public var temperature: Double? = 0.7
    /// Language models: fields of each request that take the place of those that are made; null takes one away.
    public var body: JSONObject?
    /// Endpoints: seconds that one attempt at an answer may take.
    public var timeoutSeconds = 120
    /// Language models: the name of the environment variable with the key of the endpoint.
    public var keyVariable: String?
    /// Language models: requests at a time.
    public var concurrency = 4
    /// Language models: the family whose form a Bedrock batch has.
    public var modelFamily: String?
    /// Batches: seconds between two looks for the answers.
    public var pollSeconds = 60

    /// The defaults.
    public init() {}

    static var fields: [ParameterField<Self>] {
        [
            .choice("source", \.source, "Who writes the queries."),
            .text("path", \.path, "A file of queries (JSON lines with query and doc_id), for the source file."),
            .flag("titles", \.makesTitles, "Embedded: whether titles become queries."),
            .integer(
                "draws", \.draws, in: 0...100, "Embedded: spans, crops and queries of a few words of each document."),
            .real("span_share", \.spanShare, in: 0...1, "Embedded: the part of the draws that are spans."),
            .real(
                "word_share", \.wordShare, in: 0...1,
                "Embedded: the part of the draws that are one to three telling words; the others are crops."),
            .integer(
                "round_trip", \.roundTrip, in: 1...10_000,
                "A query is kept if its document is found among so many; unset keeps all."),
            .choices("round_trip_search", \.roundTripSearch, "What searches for it: words, base, or both."),
            .integer("maximum", \.maximum, in: 2...100_000_000, "Queries at most, drawn of those that were kept."),
            .integer("per_document", \.perDocument, in: 1...20, "Language models: queries of each document."),
            .choices("types", \.types, "Language models: the kinds of queries."),
            .texts("examples", \.examples, "Language models: queries as users ask them."),
            .text("language", \.language, "Language models: the language of the queries; unset is the document's."),
            .text("instructions", \.instructions, "Language models: further instructions."),
            .integer(
                "document_characters", \.documentCharacters, in: 100...20_000,
                "Language models: characters of a document that are shown."),
            .text("model", \.model, "Language models: the model's id."),
            .text("endpoint", \.endpoint, "Language models: the address of an endpoint in OpenAI's dialect."),
            .text("key_env", \.keyVariable, "Language models: the environment variable with the endpoint's key."),
            .integer("max_tokens", \.maximumTokens, in: 16...100_000, "Language models: tokens of an answer at most."),
            .real(
                "temperature", \.temperature, in: 0...2,
                "Language models: how freely they choose their words; unset leaves it to them."),
            .object(
                "body", \.body,
                "Language models: fields of each request that take the place of those that are made; null takes one away."
            ),
            .integer(
                "timeout_seconds", \.timeoutSeconds, in: 1...3_600, "Endpoints: seconds that one attempt may take."),
            .integer("concurrency", \.concurrency, in: 1...256, "Language models: requests at a time."),
            .text(
                "model_family", \.modelFamily,
                "Batches for Bedrock: claude, titan, nova or converse; unset as the model's id says."),
            .integer("poll_seconds", \.pollSeconds, in: 1...86_400, "Batches: seconds between two looks for answers."),
        ]
    }
}
