internal import Querying

extension TimeValue {
    /// Reads a span of time, with the fault as it is answered.
    static func read(_ text: String, setting: String) throws(OpenSearchError) -> Duration {
        do throws(SearchError) {
            return try parse(text, setting: setting)
        } catch {
            throw OpenSearchError(error)
        }
    }
}
